import { skipWithout } from "../has-command.js";
import type { FileKind } from "./numbered-file.js";
import { COLUMNS_DDL } from "./numbered-row.js";

/** What is loaded, and into what. */
export interface LoadKind {
  readonly file: FileKind;
  readonly files?: 1 | 2;
  /** `{t}` is the table. */
  readonly ddl: string;
  /** Where each write of a row is found; `{t}` is the table. */
  readonly writes: string;
  /** Options of the command, beside those of every load. */
  readonly options?: readonly string[];
  /** How many connections write at once, in turn. */
  readonly connections: readonly number[];
  /** Whether it is tried only in the long run: others are much like it. */
  readonly isForLong?: boolean;
  /** Why it cannot be tried here. */
  readonly skip?: string | false;
}

const plain = {
  ddl: `CREATE TABLE {t} (${COLUMNS_DDL})`,
  writes: "{t}",
  connections: [1, 2],
};

/** Refuses rows with a flaw. */
const picky = { ...plain, ddl: `CREATE TABLE {t} (${COLUMNS_DDL}, CHECK (NOT flawed))` };

/** Has a row for each counter, and logs all writes. */
const counters = {
  ddl: `CREATE TABLE {t} (${COLUMNS_DDL}, PRIMARY KEY (id), CHECK (NOT flawed));
    CREATE TABLE {t}_log (LIKE {t});
    CREATE FUNCTION {t}_note() RETURNS trigger LANGUAGE plpgsql
      AS 'BEGIN INSERT INTO {t}_log VALUES (NEW.*); RETURN NULL; END';
    CREATE TRIGGER note AFTER INSERT OR UPDATE ON {t} FOR EACH ROW EXECUTE FUNCTION {t}_note()`,
  writes: "{t}_log",
  options: ["--on-conflict", "update", "--key", "id"],
  connections: [1, 2],
};

/** All kinds, by what they are. */
export const LOAD_KINDS = {
  CSV: { ...plain, file: { format: "csv", hasWrongRows: false }, isForLong: true },
  "CSV with rows that are rejected": { ...picky, file: { format: "csv", hasWrongRows: true } },
  "NDJSON with rows that are rejected": {
    ...picky,
    file: { format: "ndjson", hasWrongRows: true },
  },
  "Parquet with rows that are rejected": {
    ...picky,
    file: { format: "parquet", hasWrongRows: true },
  },
  "gzip with rows that are rejected": {
    ...picky,
    file: { format: "csv", compression: "gzip", hasWrongRows: true },
  },
  "zstd with rows that are rejected": {
    ...picky,
    file: { format: "ndjson", compression: "zstd", hasWrongRows: true },
    isForLong: true,
    skip: skipWithout("zstd"),
  },
  "two files, with rows that are rejected": {
    ...picky,
    file: { format: "csv", hasWrongRows: true },
    files: 2,
  },
  "CSV over four connections, with rows that are rejected": {
    ...picky,
    file: { format: "csv", hasWrongRows: true },
    connections: [4],
    isForLong: true,
  },
  "counters that are updated": {
    ...counters,
    file: { format: "csv", hasWrongRows: false },
    isForLong: true,
  },
  "counters that are updated, with rows that are rejected": {
    ...counters,
    file: { format: "ndjson", hasWrongRows: true },
  },
} as const satisfies Readonly<Record<string, LoadKind>>;

import type { ConflictOptions } from "../../../dist/index.js";
import { IS_INTACT, type SentRow } from "./sent-row.js";

/** A kind of table for the rows of producers. */
export interface SentTableKind {
  readonly name: "plain" | "picky" | "upserted";
  /** Whether it refuses rows with a flaw. */
  readonly refuses: boolean;
  /** `{t}` is the table. */
  readonly ddl: string;
  readonly onConflict: (table: string) => ConflictOptions<SentRow> | undefined;
  /** Where each write of a row is found, in order; `{t}` is the table. */
  readonly writes: string;
}

const DDL = `CREATE TABLE {t} (life int NOT NULL, producer int NOT NULL, seq int NOT NULL, key int NOT NULL,
  hits int NOT NULL, flawed boolean NOT NULL, body text NOT NULL, checksum uuid NOT NULL`;

/** Takes every row, and a row that is written twice twice. */
const plain: SentTableKind = {
  name: "plain",
  refuses: false,
  ddl: `${DDL}, place bigserial)`,
  onConflict: () => undefined,
  writes: "{t}",
};

/** Refuses rows with a flaw. */
const picky: SentTableKind = {
  ...plain,
  name: "picky",
  refuses: true,
  ddl: `${DDL}, place bigserial, CHECK (NOT flawed))`,
};

/** Has a row for each key, refuses rows with a flaw, and logs all writes. */
const upserted: SentTableKind = {
  name: "upserted",
  refuses: true,
  ddl: `${DDL}, PRIMARY KEY (key), CHECK (NOT flawed));
    CREATE TABLE {t}_log (LIKE {t}, place bigserial);
    CREATE FUNCTION {t}_note() RETURNS trigger LANGUAGE plpgsql
      AS 'BEGIN INSERT INTO {t}_log VALUES (NEW.*); RETURN NULL; END';
    CREATE TRIGGER note AFTER INSERT OR UPDATE ON {t} FOR EACH ROW EXECUTE FUNCTION {t}_note()`,
  onConflict: (table) => ({
    columns: ["key"],
    update: {
      life: "excluded.life",
      producer: "excluded.producer",
      seq: "excluded.seq",
      hits: `${table}.hits + excluded.hits`,
      flawed: "excluded.flawed",
      body: "excluded.body",
      checksum: "excluded.checksum",
    },
  }),
  writes: "{t}_log",
};

/** All kinds, by name. */
export const KINDS = { plain, picky, upserted } as const;

/** A write of a row that was found. */
export interface FoundWrite {
  readonly life: number;
  readonly producer: number;
  readonly seq: number;
  readonly isIntact: boolean;
}

/** All writes to a table, in the order of their commits. */
export function selectWrites({ writes }: SentTableKind, table: string): string {
  return `SELECT life, producer, seq, ${IS_INTACT} AS "isIntact" FROM ${writes.replace("{t}", table)}
    ORDER BY pg_xact_commit_timestamp(xmin), place`;
}

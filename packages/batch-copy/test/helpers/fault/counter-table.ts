import {
  int4,
  int8,
  table,
  type ConflictOptions,
  type RowOf,
  type Table,
} from "../../../dist/index.js";

const COLUMNS = { key: int4, hits: int4, total: int8, number: int8 };

/** One write to a counter: rows have numbers in the order in which they are sent. */
export type CounterRow = RowOf<Table<typeof COLUMNS>>;

/** What the table has of one key. */
export interface Counter {
  readonly key: number;
  /** How many rows were written. */
  readonly hits: number;
  /** The sum of their numbers. */
  readonly total: string;
  /** The number of the last one. */
  readonly number: string;
  /** How many were written after a later one. */
  readonly disorder: number;
}

/** A kind of table of which each key has a row. */
export interface CounterKind {
  readonly what: string;
  /** The form that its rows are written in. */
  readonly form: "merge" | "loop";
  /** Whether each write shows, or only the last one of a key. */
  readonly isCounted: boolean;
  /** Whether it refuses the rows that {@link isRefused} names. */
  readonly refuses: boolean;
  /** `{t}` is the table. */
  readonly ddl: string;
  readonly onConflict: (name: string) => ConflictOptions<CounterRow>;
}

/** Rows whose numbers leave this remainder are refused by tables that refuse any. */
const REFUSED = { of: 97, remainder: 5 };

export function isRefused(number: bigint): boolean {
  return number % BigInt(REFUSED.of) === BigInt(REFUSED.remainder);
}

const DDL =
  "CREATE TABLE {t} (key int PRIMARY KEY, hits int NOT NULL, total bigint NOT NULL, number bigint NOT NULL, disorder int DEFAULT 0)";

const COUNTED = {
  form: "loop",
  isCounted: true,
  refuses: false,
  onConflict: (name: string): ConflictOptions<CounterRow> => ({
    columns: ["key"],
    update: {
      hits: `${name}.hits + excluded.hits`,
      total: `${name}.total + excluded.total`,
      number: "excluded.number",
      disorder: `${name}.disorder + (excluded.number <= ${name}.number)::int`,
    },
  }),
} as const;

/** Counts all writes: one that is lost or applied twice shows. */
export const counted: CounterKind = { ...COUNTED, what: "counted row by row", ddl: DDL };

/** As {@link counted}, and refuses some of them. */
export const countedAndRefused: CounterKind = {
  ...COUNTED,
  what: "counted row by row, while some are refused",
  refuses: true,
  ddl: `${DDL}; ALTER TABLE {t} ADD CHECK (number % ${REFUSED.of} <> ${REFUSED.remainder})`,
};

/** Has the last write of each key, by one statement a batch. */
export const latest: CounterKind = {
  what: "of which the last one of each key wins",
  form: "merge",
  isCounted: false,
  refuses: false,
  ddl: DDL,
  onConflict: () => ({ columns: ["key"], update: "all" }),
};

/** The definition of a table of counters. */
export function counterTable(name: string, schema?: string): Table<typeof COLUMNS> {
  return table(name, COLUMNS, { schema });
}

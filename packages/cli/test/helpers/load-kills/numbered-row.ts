import type { ParquetColumn } from "./write-parquet.js";

/** A row of a generated file. Its content follows from its number. */
export interface NumberedRow {
  readonly seq: number;
  /** The key of the counter that it updates. */
  readonly id: number;
  /** A number, unless the row is invalid. */
  readonly amount: string;
  /** Whether a table that refuses rows refuses this one. */
  readonly flawed: boolean;
  readonly body: string;
}

/** What becomes of a row: all but the first are rejected by the reader, the encoder or the server. */
export type Verdict = "loaded" | "malformed" | "invalid" | "refused";

/** How many counters there are: each is hit several times, far apart. */
export const COUNTERS = 7000;

/** The columns of the tables. */
export const COLUMNS_DDL =
  "seq bigint NOT NULL, id int NOT NULL, amount int NOT NULL, flawed boolean NOT NULL, body text NOT NULL";

/** Whether a row is as {@link numberedRow} makes it, for the server to say. */
export const IS_INTACT = `id = seq % ${COUNTERS} AND amount = seq * 7 % 1000
  AND body = 'row ' || seq || repeat(E'"β",\\n', (seq % 4)::int)`;

/** What becomes of a row, in a file that has wrong ones. Some are neighbours, and the first is one. */
export function verdictOf(seq: number): Verdict {
  if (seq % 997 < 2) {
    return "refused";
  }
  if (seq % 601 === 5) {
    return "invalid";
  }
  return seq % 503 === 7 ? "malformed" : "loaded";
}

/** A row that becomes this. */
export function numberedRow(seq: number, verdict: Verdict): NumberedRow {
  return {
    seq,
    id: seq % COUNTERS,
    amount: verdict === "invalid" ? "much" : `${(seq * 7) % 1000}`,
    flawed: verdict === "refused",
    body: `row ${seq}${'"β",\n'.repeat(seq % 4)}`,
  };
}

/** The header of CSV. */
export const CSV_HEADER = "seq,id,amount,flawed,body\n";

/** A line of CSV, or several. */
export function csvOf({ amount, body, flawed, id, seq }: NumberedRow, verdict: Verdict): string {
  return verdict === "malformed"
    ? `${seq},half of a row\n`
    : `${seq},${id},${amount},${flawed},"${body.replaceAll('"', '""')}"\n`;
}

/** A line of NDJSON. */
export function ndjsonOf(row: NumberedRow, verdict: Verdict): string {
  return verdict === "malformed" ? `{"seq":${row.seq},"id"\n` : `${JSON.stringify(row)}\n`;
}

/** The columns of Parquet. */
export const PARQUET_COLUMNS: readonly ParquetColumn<NumberedRow>[] = [
  { name: "seq", type: "int64", valueOf: ({ seq }) => seq },
  { name: "id", type: "int64", valueOf: ({ id }) => id },
  { name: "amount", type: "text", valueOf: ({ amount }) => amount },
  { name: "flawed", type: "boolean", valueOf: ({ flawed }) => flawed },
  { name: "body", type: "text", valueOf: ({ body }) => body },
];

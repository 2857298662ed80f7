import type { Columns, RowOf, Table } from "batch-copy";

/** The schema of all tables of the benchmarks, which is dropped at the end. */
export const SCHEMA = "batch_copy_bench";

/** A table to fill, and rows that depend on nothing but their number. */
export interface Workload<C extends Columns = Columns> {
  readonly name: string;
  /** For the report: what a row is. */
  readonly description: string;
  readonly table: Table<C>;
  /** How many rows the fast contenders write. */
  readonly rows: number;
  /** How many rows a multi-row INSERT takes at most: a megabyte or a thousand rows. */
  readonly rowsPerInsert: number;
  /** The n-th row, its keys in the order of the columns. */
  row(n: number): RowOf<Table<C>>;
  /** A row in COPY's text format, written by hand; `text` is given every text that may need escaping. */
  line(row: RowOf<Table<C>>, text: (value: string) => string): string;
}

/** Any row. */
export type Row = RowOf<Table>;

/** The table's name as SQL has it; no name here needs quotes. */
export function qualifiedName({ table }: Workload): string {
  return `${SCHEMA}.${table.name}`;
}

/** So many rows are made, and then come again and again. */
const DISTINCT_ROWS = 200;

/**
 * The same workload with rows that are ready in memory, as the limit's files are ready on the disk.
 * They are made when the first one is asked for.
 */
export function withReadyRows<C extends Columns>(workload: Workload<C>): Workload<C> {
  let ready: readonly RowOf<Table<C>>[] | undefined;
  return {
    ...workload,
    row(n) {
      ready ??= Array.from({ length: DISTINCT_ROWS }, (_, number) => workload.row(number));
      return ready[n % DISTINCT_ROWS]!;
    },
  };
}

/** The rows from number `from` up to number `to`, which is not one of them. */
export function rowsBetween(workload: Workload, from: number, to: number): Row[] {
  const rows: Row[] = [];
  for (let n = from; n < to; n++) {
    rows.push(workload.row(n));
  }
  return rows;
}

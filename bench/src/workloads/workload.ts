import type { Columns, RowOf, Table } from "batch-copy";

/** The schema of all tables of the benchmarks, which is dropped at the end. */
export const SCHEMA = "batch_copy_bench";

/** A table to fill, and rows that depend only on their number. */
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
  /** A row in COPY's text format, hand-written; `text` receives every string that may need escaping. */
  line(row: RowOf<Table<C>>, text: (value: string) => string): string;
}

/** Any row. */
export type Row = RowOf<Table>;

/** The table's name in SQL; no name here needs quotes. */
export function qualifiedName({ table }: Workload): string {
  return `${SCHEMA}.${table.name}`;
}

/** How many different rows there are if none has a key; they are repeated. */
const DISTINCT_ROWS = 200;

/**
 * The same workload with its rows ready in memory, as the limit's files are ready on disk. They are
 * made when the first one is requested.
 */
export function withReadyRows<C extends Columns>(
  workload: Workload<C>,
  distinctRows = DISTINCT_ROWS,
): Workload<C> {
  let ready: readonly RowOf<Table<C>>[] | undefined;
  return {
    ...workload,
    row(n) {
      ready ??= Array.from({ length: distinctRows }, (_, number) => workload.row(number));
      return ready[n % distinctRows]!;
    },
  };
}

/** The first rows, one after the other. */
export function* firstRows(workload: Workload, rows: number): Generator<Row> {
  for (let n = 0; n < rows; n++) {
    yield workload.row(n);
  }
}

/** The rows from number `from` to number `to`, exclusive. */
export function rowsBetween(workload: Workload, from: number, to: number): Row[] {
  const rows: Row[] = [];
  for (let n = from; n < to; n++) {
    rows.push(workload.row(n));
  }
  return rows;
}

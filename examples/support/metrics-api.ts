import {
  EncodeError,
  int8,
  RowRejectedError,
  table,
  text,
  type RowOf,
  type Table,
} from "batch-copy";

import { SCHEMA } from "./database.js";

const columns = { id: int8, url: text, latency_ms: int8 };

/** A row of the examples with a web framework. */
export type Metric = RowOf<Table<typeof columns>>;

/** A request that has waited for so long is answered with 503. */
export const INSERT_TIMEOUT_MS = 2000;
/** When the server stops, rows that are not written after so long are given up. */
export const CLOSE_TIMEOUT_MS = 5000;

/** The definition of the table; each example has a table of its own. */
export function metricsTable(name: string): Table<typeof columns> {
  return table(name, columns, { schema: SCHEMA });
}

/** The HTTP status for a row that is not in the table, or not yet. */
export function statusOf(error: unknown): number {
  if (error instanceof EncodeError) return 400;
  // Class 23: a constraint says no, here the primary key.
  if (error instanceof RowRejectedError && error.sqlState.startsWith("23")) return 409;
  return 503;
}

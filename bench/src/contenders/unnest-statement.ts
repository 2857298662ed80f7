import { arrayLiteral } from "../workloads/array-literal.js";
import { columnNames } from "../workloads/column-names.js";
import type { Row, Workload } from "../workloads/workload.js";
import { insertInto } from "./insert-statement.js";

/**
 * An INSERT of rows from an array for each column. Arrays of arrays must have equal lengths, so they are
 * sent as text and cast.
 */
export function unnestStatement(workload: Workload): string {
  const columns = Object.entries(workload.table.columns);
  const arrays = columns.map(([, { sql }], index) =>
    sql.endsWith("[]") ? `$${index + 1}::text[]` : `$${index + 1}::${sql}[]`,
  );
  const selected = columns.map(([name, { sql }]) =>
    sql.endsWith("[]") ? `rows.${name}::${sql}` : `rows.${name}`,
  );
  const names = columnNames(workload).join(", ");
  return `${insertInto(workload)} SELECT ${selected.join(", ")} FROM unnest(${arrays.join(", ")}) AS rows (${names})`;
}

/** The parameters of the statement. */
export function unnestValues(workload: Workload, rows: readonly Row[]): unknown[][] {
  return columnNames(workload).map((name) => rows.map((row) => elementOf(row, name)));
}

function elementOf(row: Row, name: string): unknown {
  const value = row[name];
  return Array.isArray(value) ? arrayLiteral(value as string[]) : value;
}

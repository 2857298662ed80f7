import { columnNames } from "../workloads/column-names.js";
import { qualifiedName, type Workload } from "../workloads/workload.js";

/** `INSERT INTO …`, up to where VALUES or SELECT follows. */
export function insertInto(workload: Workload): string {
  return `INSERT INTO ${qualifiedName(workload)} (${columnNames(workload).join(", ")})`;
}

/** An INSERT of so many rows, with a parameter for each value. */
export function insertStatement(workload: Workload, rows: number): string {
  const columns = columnNames(workload).length;
  const tuples = Array.from({ length: rows }, (_, row) => {
    const parameters = Array.from({ length: columns }, (_unused, n) => `$${row * columns + n + 1}`);
    return `(${parameters.join(", ")})`;
  });
  return `${insertInto(workload)} VALUES ${tuples.join(", ")}`;
}

import { columnNames } from "../workloads/column-names.js";
import { KEY } from "../workloads/upserts.js";
import type { Workload } from "../workloads/workload.js";

/** What makes an INSERT an upsert: a row with a stored key replaces all other columns. */
export function onConflictClause(workload: Workload): string {
  const assignments = updatedColumns(workload).map((name) => `${name} = excluded.${name}`);
  return `ON CONFLICT (${KEY}) DO UPDATE SET ${assignments.join(", ")}`;
}

export function updatedColumns(workload: Workload): string[] {
  return columnNames(workload).filter((name) => name !== KEY);
}

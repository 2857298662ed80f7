import type { Workload } from "./workload.js";

/** No name of a column here needs quotes. */
export function columnNames({ table }: Workload): string[] {
  return Object.keys(table.columns);
}

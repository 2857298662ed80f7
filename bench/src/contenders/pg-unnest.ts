import { arrayLiteral } from "../workloads/array-literal.js";
import { columnNames } from "../workloads/column-names.js";
import type { Row, Workload } from "../workloads/workload.js";
import { inChunks } from "./in-chunks.js";
import { insertInto } from "./insert-statement.js";
import type { Open } from "./job.js";
import { connectClients, endAll } from "./pg-clients.js";

/** Prepared INSERTs of many rows, an array for each column. */
export const open: Open = async (job) => {
  const clients = await connectClients(job);
  const names = columnNames(job.workload);
  const text = unnestStatement(job.workload);
  return {
    write: () =>
      inChunks(job, (rows, connection) =>
        clients[connection]!.query({
          name: "unnest",
          text,
          values: names.map((name) => rows.map((row) => elementOf(row, name))),
        }),
      ),
    close: () => endAll(clients),
  };
};

/** Arrays of arrays must have equal lengths, so they are sent as text and cast. */
function unnestStatement(workload: Workload): string {
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

function elementOf(row: Row, name: string): unknown {
  const value = row[name];
  return Array.isArray(value) ? arrayLiteral(value as string[]) : value;
}

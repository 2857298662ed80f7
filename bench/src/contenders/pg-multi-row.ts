import { inChunks } from "./in-chunks.js";
import { insertStatement } from "./insert-statement.js";
import type { Open } from "./job.js";
import { connectClients, endAll } from "./pg-clients.js";

/** Prepared INSERTs of many rows, a parameter for each value. */
export const open: Open = async (job) => {
  const clients = await connectClients(job);
  const texts = new Map<number, string>();
  const textFor = (rows: number): string => {
    const text = texts.get(rows) ?? insertStatement(job.workload, rows);
    texts.set(rows, text);
    return text;
  };
  return {
    write: () =>
      inChunks(job, (rows, connection) =>
        clients[connection]!.query({
          name: `insert ${rows.length}`,
          text: textFor(rows.length),
          values: rows.flatMap((row) => Object.values(row)),
        }),
      ),
    close: () => endAll(clients),
  };
};

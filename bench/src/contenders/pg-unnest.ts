import { inChunks } from "./in-chunks.js";
import type { Open } from "./job.js";
import { connectClients, endAll } from "./pg-clients.js";
import { unnestStatement, unnestValues } from "./unnest-statement.js";

/** Prepared INSERTs of many rows, an array for each column. */
export const open: Open = async (job) => {
  const { workload } = job;
  const clients = await connectClients(job);
  const text = unnestStatement(workload);
  return {
    write: () =>
      inChunks(job, (rows, connection) =>
        clients[connection]!.query({
          name: "unnest",
          text,
          values: unnestValues(workload, rows),
        }),
      ),
    close: () => endAll(clients),
  };
};

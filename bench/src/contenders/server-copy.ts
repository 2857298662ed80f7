import { qualifiedName } from "../workloads/workload.js";
import type { Open } from "./job.js";
import { connectClients, endAll } from "./pg-clients.js";

/** The server reads the ready files itself: no protocol, no client. */
export const open: Open = async (job) => {
  const clients = await connectClients(job);
  const copy = `COPY ${qualifiedName(job.workload)} FROM`;
  return {
    async write() {
      await Promise.all(
        clients.map((client, index) =>
          client.query(`${copy} '${job.files[index]}' (FORMAT binary)`),
        ),
      );
    },
    close: () => endAll(clients),
  };
};

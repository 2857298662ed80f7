import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { from as copyFrom } from "pg-copy-streams";

import { escapeText, textChunks, trustText } from "../workloads/copy-text.js";
import { qualifiedName } from "../workloads/workload.js";
import { sharesOf, type Open } from "./job.js";
import { connectClients, endAll } from "./pg-clients.js";

/** Hand-written lines, in chunks of 64 KiB, piped into COPY; escaped if `escaping` is set. */
export const open: Open = async (job) => {
  const clients = await connectClients(job);
  const shares = sharesOf(job);
  const text = job.options["escaping"] ? escapeText : trustText;
  const sql = `COPY ${qualifiedName(job.workload)} FROM STDIN`;
  return {
    async write() {
      const copies = clients.map((client, index) =>
        pipeline(
          Readable.from(textChunks(job.workload, shares[index]!, text)),
          client.query(copyFrom(sql)),
        ),
      );
      await Promise.all(copies);
    },
    close: () => endAll(clients),
  };
};

import { firstRows } from "../workloads/workload.js";
import { callInTurn } from "./call-in-turn.js";
import { connectCopier } from "./connect-copier.js";
import type { Open } from "./job.js";
import { secondsSince } from "./seconds-since.js";

/**
 * Sends rows until they are durable, by `callers` or else by `sendMany()`, and ends without closing the
 * copier.
 */
export const open: Open = async (job) => {
  const copier = await connectCopier(job);
  return {
    async write() {
      const startedAt = performance.now();
      if (job.options["callers"] === undefined) {
        await copier.sendMany(firstRows(job.workload, job.rows));
      } else {
        await callInTurn(job, (row) => copier.send(row));
      }
      return { acceptedSeconds: secondsSince(startedAt) };
    },
    async close() {
      // After the worker has printed what it measured.
      setImmediate(() => process.exit());
    },
  };
};

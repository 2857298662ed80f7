import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { rowsBetween } from "../workloads/workload.js";
import { connectCopier } from "./connect-copier.js";
import type { Open } from "./job.js";

/** A Node stream of rows into `writable()`. */
export const open: Open = async (job) => {
  const copier = await connectCopier(job);
  return {
    write: () => pipeline(Readable.from(rowsBetween(job.workload, 0, job.rows)), copier.writable()),
    close: () => copier.close(),
  };
};

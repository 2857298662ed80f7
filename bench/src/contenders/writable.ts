import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import type { Row } from "../workloads/workload.js";
import { connectCopier } from "./connect-copier.js";
import type { Job, Open } from "./job.js";

/** A Node stream of rows into `writable()`. */
export const open: Open = async (job) => {
  const copier = await connectCopier(job);
  return {
    write: () => pipeline(Readable.from(rowsOf(job)), copier.writable()),
    close: () => copier.close(),
  };
};

function* rowsOf({ workload, rows }: Job): Generator<Row> {
  for (let n = 0; n < rows; n++) {
    yield workload.row(n);
  }
}

import { Copier, type CopierOptions, type WriteForm } from "batch-copy";

import { KEY } from "../workloads/upserts.js";
import type { Row } from "../workloads/workload.js";
import type { Open } from "./job.js";
import { sendAll } from "./send-many.js";

/** Neither bytes nor time end a batch before it has `batchRows`. */
const MAX_BATCH_BYTES = 64 * 2 ** 20;
const LARGE_BATCHES = {
  maxBatchBytes: MAX_BATCH_BYTES,
  maxBufferedBytes: 4 * MAX_BATCH_BYTES,
  flushIntervalMs: 10_000,
} as const;

const UPDATE_ALL = { columns: [KEY], update: "all" } as const;
/** SQL of the user's own, which could read the table, leads to the form row by row. */
const UPDATE_WHERE = { ...UPDATE_ALL, where: "true" } as const;

/** `sendMany()` with `onConflict`, which must write in the given form; without it if that is "copy". */
export function upsertBy(form: WriteForm): Open {
  return async (job) => {
    const { connections, batchRows } = job.options;
    const options: CopierOptions<Row> = {
      connections,
      maxBatchRows: batchRows,
      ...LARGE_BATCHES,
      ...(form !== "copy" && { onConflict: form === "loop" ? UPDATE_WHERE : UPDATE_ALL }),
    };
    const copier = await Copier.connect(job.workload.table, options);
    if (copier.write !== form) {
      throw new Error(`the copier's form of writing is ${copier.write} instead of ${form}`);
    }
    return {
      write: () => sendAll(copier, job),
      async close() {
        const { batchesCommitted } = copier.stats;
        await copier.close();
        return { batches: batchesCommitted };
      },
    };
  };
}

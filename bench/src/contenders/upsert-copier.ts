import { Copier, type CopierOptions } from "batch-copy";

import { KEY } from "../workloads/upserts.js";
import type { Row } from "../workloads/workload.js";
import type { Open } from "./job.js";
import { sendAll } from "./send-many.js";

/** What is not to end a batch before it has `batchRows`. */
const MOST_BATCH_BYTES = 64 * 2 ** 20;
const MOST_BUFFERED_BYTES = 4 * MOST_BATCH_BYTES;

const UPDATE_ALL = { columns: [KEY], update: "all" } as const;

/** `sendMany()` with `onConflict`, which must write in the given form; without it if that is "copy". */
export function upsertBy(form: string): Open {
  return async (job) => {
    const { connections, batchRows } = job.options;
    const options: CopierOptions<Row> = {
      connections,
      maxBatchRows: batchRows,
      maxBatchBytes: MOST_BATCH_BYTES,
      maxBufferedBytes: MOST_BUFFERED_BYTES,
      ...(form !== "copy" && { onConflict: UPDATE_ALL }),
    };
    const copier = await Copier.connect(job.workload.table, options);
    const { write = "copy" } = copier as { write?: string };
    if (write !== form) {
      throw new Error(`the copier writes by ${write} instead of ${form}`);
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

import type { Copier } from "batch-copy";

import type { Row } from "../workloads/workload.js";
import type { Findings } from "./job.js";

/** Closes the copier, and tells how many transactions it committed. */
export async function closeCopier(copier: Copier<Row>): Promise<Findings> {
  await copier.close();
  return { batches: copier.stats.batchesCommitted };
}

import type { Copier } from "batch-copy";

import type { Row } from "../workloads/workload.js";
import type { Findings } from "./job.js";

/** Closes the copier, and tells how many transactions it committed, and how often its spool has synced. */
export async function closeCopier(copier: Copier<Row>): Promise<Findings> {
  await copier.close();
  const { batchesCommitted, spool } = copier.stats;
  return { batches: batchesCommitted, ...(spool && { syncs: spool.syncs }) };
}

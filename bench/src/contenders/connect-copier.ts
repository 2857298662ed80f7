import { Copier, type CopierOptions } from "batch-copy";

import type { Row } from "../workloads/workload.js";
import type { Job } from "./job.js";

/** A copier with default options, except for the variable of a curve. */
export function connectCopier({ workload, options }: Job): Promise<Copier<Row>> {
  const { connections, maxBatchRows, maxBatchBytes, maxBufferedBytes } = options;
  const given: CopierOptions<Row> = { connections, maxBatchRows, maxBatchBytes, maxBufferedBytes };
  return Copier.connect(workload.table, given);
}

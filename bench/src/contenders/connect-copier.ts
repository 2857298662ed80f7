import { Copier, type CopierOptions } from "batch-copy";

import { LEDGER } from "../workloads/ledger.js";
import type { Row } from "../workloads/workload.js";
import type { Job } from "./job.js";

/** A copier with default options, except for the variable of a curve, and a ledger if `ledger` is 1. */
export function connectCopier({ workload, options }: Job): Promise<Copier<Row>> {
  const { connections, maxBatchRows, maxBatchBytes, maxBufferedBytes, ledger } = options;
  const given: CopierOptions<Row> = {
    connections,
    maxBatchRows,
    maxBatchBytes,
    maxBufferedBytes,
    ledger: ledger === 1 ? { table: LEDGER } : undefined,
  };
  return Copier.connect(workload.table, given);
}

import { Copier, type CopierOptions, type Rejection } from "batch-copy";

import { LEDGER } from "../workloads/ledger.js";
import type { Row } from "../workloads/workload.js";
import type { Job } from "./job.js";

/**
 * A copier with default options, except for the variable of a curve, a ledger if `ledger` is 1, and a
 * spool if there is a folder.
 */
export function connectCopier({ workload, options, folder }: Job): Promise<Copier<Row>> {
  const { connections, maxBatchRows, maxBatchBytes, maxBufferedBytes, ledger } = options;
  const given: CopierOptions<Row> = {
    connections,
    maxBatchRows,
    maxBatchBytes,
    maxBufferedBytes,
    ledger: ledger === 1 ? { table: LEDGER } : undefined,
    ...(folder !== undefined && { spool: { directory: folder }, onReject: refuse }),
  };
  return Copier.connect(workload.table, given);
}

/** No row is bad: a run with a rejected one fails. */
function refuse({ error }: Rejection<Row>): void {
  throw error;
}

import { CopierGroup } from "batch-copy";

import type { Share } from "../workloads/share.js";
import { qualifiedName } from "../workloads/workload.js";
import type { Job } from "./job.js";

/** The connections of a group, for however many tables. */
const CONNECTIONS = 4;

/** A group with default options, except for its connections and the variables of a curve. */
export function connectGroup({ options }: Job): Promise<CopierGroup> {
  const { flushIntervalMs, maxBatchRows, maxBufferedBytes } = options;
  return CopierGroup.connect({
    connections: CONNECTIONS,
    flushIntervalMs,
    maxBatchRows,
    maxBufferedBytes,
  });
}

/** The tables' names, in the order of the shares. */
export function namesOf(shares: readonly Share[]): string[] {
  return shares.map(({ workload }) => qualifiedName(workload));
}

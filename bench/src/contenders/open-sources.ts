import type { Copier, Source } from "batch-copy";

import { sourceName } from "../workloads/ledger.js";
import type { Row } from "../workloads/workload.js";
import type { Options } from "./job.js";

/** Each claim is a transaction. */
const CLAIMS_AT_ONCE = 16;

/** The job's `sources`, one by default, in the order of their numbers. */
export async function openSources(
  copier: Copier<Row>,
  { sources: count = 1 }: Options,
): Promise<Source<Row>[]> {
  const sources: Source<Row>[] = [];
  let next = 0;
  const claim = async (): Promise<void> => {
    while (next < count) {
      const number = next++;
      sources[number] = await copier.source(sourceName(number), { start: 0n });
    }
  };
  await Promise.all(Array.from({ length: CLAIMS_AT_ONCE }, claim));
  return sources;
}

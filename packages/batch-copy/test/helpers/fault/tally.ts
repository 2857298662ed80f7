import { appendFileSync } from "node:fs";

/** What a test has done, for tools/sum-faults.mjs to add up over runs. */
export interface Tally {
  /** Connections that were cut. */
  readonly cuts?: number;
  /** Backends, and servers, that were killed or terminated. */
  readonly serverKills?: number;
  /** Processes with a copier that were killed. */
  readonly clientKills?: number;
  /** Standbys that were promoted. */
  readonly promotions?: number;
  /** What the books complained of. */
  readonly problems: number;
}

/** Appends what was done to the file that FAULT_TALLY names, if it names one. */
export function tally(done: Tally): void {
  const file = process.env["FAULT_TALLY"];
  if (file !== undefined) {
    appendFileSync(file, `${JSON.stringify(done)}\n`);
  }
}

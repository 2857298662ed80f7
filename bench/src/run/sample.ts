import type { Findings } from "../contenders/job.js";

/** One contender's run, as its worker prints it. */
export interface Sample extends Omit<Findings, "peakRss"> {
  readonly rows: number;
  readonly seconds: number;
  /** User and system time of the client during the run. */
  readonly cpuMicros: number;
  /** Of the client's process, in bytes; missing where the work is done by another program. */
  readonly peakRss?: number;
}

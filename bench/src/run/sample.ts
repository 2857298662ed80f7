import type { Latency } from "../contenders/latency-of.js";

/** One contender's run, as its worker prints it. */
export interface Sample {
  readonly rows: number;
  readonly seconds: number;
  /** User and system time of the client during the run. */
  readonly cpuMicros: number;
  /** Of the client's process, in bytes; missing where the work is done by another program. */
  readonly peakRss?: number | undefined;
  readonly latencyMs?: Latency;
  /** If it was asked for. */
  readonly watched?: readonly Watched[];
}

/** A look at a process at work. */
export interface Watched {
  /** Asked for so far. */
  readonly rows: number;
  readonly seconds: number;
  /** The resident size, in bytes. */
  readonly rss: number;
}

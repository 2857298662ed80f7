import type { TableCosts } from "../contenders/job.js";
import type { Latency } from "../contenders/latency-of.js";

/** One contender's run, as its worker prints it. */
export interface Sample {
  readonly rows: number;
  readonly seconds: number;
  /** From the first row until the last one was accepted; only of contenders that tell it. */
  readonly acceptedSeconds?: number;
  /** User and system time of the client during the run. */
  readonly cpuMicros: number;
  /** The same of the server, if requested. */
  readonly serverCpuMicros?: number;
  /** Of the client's process, in bytes; missing if another program does the work. */
  readonly peakRss?: number | undefined;
  readonly latencyMs?: Latency;
  /** The median of each of so many parts of the calls, in their order, in milliseconds; only if requested. */
  readonly courseMs?: readonly number[];
  /** How many transactions wrote the rows; only of contenders that count them. */
  readonly batches?: number;
  /** How often files were synced; only of contenders that count it. */
  readonly syncs?: number;
  readonly tableCosts?: TableCosts;
  /** Only if requested. */
  readonly watched?: readonly Watched[];
}

/** A sample of a running process. */
export interface Watched {
  /** Rows requested so far. */
  readonly rows: number;
  readonly seconds: number;
  /** The resident size, in bytes. */
  readonly rss: number;
}

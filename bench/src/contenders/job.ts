import type { Workload } from "../workloads/workload.js";

/** Numbers by name: `producers`, `connections` and other parameters of a contender. */
export type Options = Readonly<Record<string, number>>;

/** What a contender is to write. */
export interface Job {
  readonly workload: Workload;
  readonly rows: number;
  /** The same rows for those that need no encoder, a file for each connection or for each batch. */
  readonly files: readonly string[];
  readonly options: Options;
  /** An empty folder that the contender may write to: with it, copiers have their spool there. */
  readonly folder?: string | undefined;
}

/** A contender whose connections are open and that has written nothing yet. */
interface Prepared {
  /** Returns when all rows are committed. */
  write(): Promise<Findings | void>;
  close(): Promise<Findings | void>;
}

/** What a contender measures itself, instead of the worker or in addition to it. */
export interface Findings {
  /** From the first row to the last commit. */
  readonly seconds?: number;
  /** From the first row until the last one is accepted. */
  readonly acceptedSeconds?: number;
  /** Of the processes that did the work. */
  readonly cpuMicros?: number;
  /** Undefined where another program does the work. */
  readonly peakRss?: undefined;
  /** How long each call took, in milliseconds: until its row was committed, or accepted. */
  readonly tookMs?: Float64Array;
  /** How many transactions wrote the rows. */
  readonly batches?: number;
  /** How often files were synced. */
  readonly syncs?: number;
  readonly tableCosts?: TableCosts;
}

/** What the open tables of a group cost, except for the first one. */
export interface TableCosts {
  readonly tables: number;
  /** From opening them all at once until all are open. */
  readonly openingMs: number;
  /** By how much the process has grown when all are open. */
  readonly opened: Growth;
  /** The same when rows of all of them have been committed. */
  readonly used: Growth;
}

/** By how many bytes a process has grown, after a garbage collection. */
export interface Growth {
  /** JavaScript objects and buffers. */
  readonly heap: number;
  readonly rss: number;
}

export type Open = (job: Job) => Promise<Prepared>;

/** As many as a copier has by default. */
export const CONNECTIONS = 2;

export function connectionsOf({ options }: Job): number {
  return options["connections"] ?? CONNECTIONS;
}

/** Whether ready files are in COPY's binary format, and not in its text format. */
export function isBinary({ binary }: Options): boolean {
  return binary === 1;
}

/** The rows divided among the connections: a pair of numbers each, from and to. */
export function sharesOf(job: Job): [from: number, to: number][] {
  return divide(job.rows, connectionsOf(job));
}

/** Divides the numbers from 0 to `rows` into parts of equal size. */
export function divide(rows: number, parts: number): [from: number, to: number][] {
  const bound = (part: number): number => Math.round((rows * part) / parts);
  return Array.from({ length: parts }, (_, part) => [bound(part), bound(part + 1)]);
}

import type { Group } from "../contenders/contender.js";
import type { Sample, Watched } from "../run/sample.js";

/** Where, when and how figures were measured. */
export interface Setting {
  readonly date: string;
  readonly command: string;
  readonly machine: string;
  /** How busy the machine was before: its load average over a minute. */
  readonly loadBefore: number;
  readonly versions: Readonly<Record<string, string>>;
  /** Of the server. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a contender did with a workload: a sample a round, or why it has no figure. */
export interface Figure {
  readonly contender: string;
  readonly label: string;
  readonly group: Group;
  readonly skips?: string;
  readonly rows: number;
  readonly samples: readonly Sample[];
  readonly failure?: string;
}

/** All contenders side by side. */
export interface WorkloadFigures {
  readonly workload: string;
  readonly description: string;
  readonly figures: readonly Figure[];
}

/** Rows per second against something that is varied. */
export interface CurveFigures {
  readonly name: string;
  readonly title: string;
  readonly xLabel: string;
  readonly xScale: "linear" | "log";
  readonly lines: readonly { readonly label: string; readonly points: readonly Point[] }[];
}

export interface Point {
  readonly x: number;
  readonly samples: readonly Sample[];
}

/** Time to the commit against the load that is offered. */
export interface LatencyLine {
  readonly label: string;
  readonly points: readonly LoadPoint[];
}

export interface LoadPoint {
  readonly perSecond: number;
  readonly samples: readonly Sample[];
}

/** The resident size of a process. */
export interface MemoryFigures {
  /** Against the rows sent. */
  readonly sending: readonly MemoryLine[];
  /** Against time, while the table is locked for `stallSeconds` from the beginning. */
  readonly stalled: readonly MemoryLine[];
  readonly stallSeconds: number;
}

export interface MemoryLine {
  readonly label: string;
  readonly watched: readonly Watched[];
}

/** What may not fall: a contender's rate divided by that of another in the same run. */
export interface Ratio {
  readonly workload: string;
  readonly contender: string;
  readonly of: string;
  readonly ratio: number;
}

/** The figures of each part, as its file has them. */
export interface Results {
  readonly throughput: readonly WorkloadFigures[];
  readonly latency: readonly LatencyLine[];
  readonly curves: readonly CurveFigures[];
  readonly memory: MemoryFigures;
  readonly guard: readonly Ratio[];
}

/** A part's file. */
export interface Recorded<P extends keyof Results> {
  readonly setting: Setting;
  readonly figures: Results[P];
}

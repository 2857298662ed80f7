import type { Run } from "../run/bench.js";

/** Rows per second against something that is varied. */
export interface Curve {
  readonly name: string;
  readonly title: string;
  /** What is varied, with its unit. */
  readonly xLabel: string;
  readonly xScale: "linear" | "log";
  readonly xs: readonly number[];
  readonly series: readonly Series[];
}

/** One line of a curve. */
export interface Series {
  readonly label: string;
  /** What to run for a value of x. */
  at(x: number): CurveRun;
}

/** A run, perhaps through a proxy that delays. */
export interface CurveRun extends Omit<Run, "databaseUrl"> {
  /** The round trip that the proxy adds. */
  readonly roundTripMs?: number;
}

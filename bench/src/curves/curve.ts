import type { Run } from "../run/bench.js";

/** Rows per second by a variable. */
export interface Curve {
  readonly name: string;
  readonly title: string;
  /** The variable, with its unit. */
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

/** A run, optionally through a delaying proxy. */
export interface CurveRun extends Omit<Run, "databaseUrl"> {
  /** The round trip that the proxy adds. */
  readonly roundTripMs?: number;
}

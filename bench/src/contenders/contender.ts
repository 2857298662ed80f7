import type { Implementation, PythonImplementation } from "./implementations.js";
import type { Options } from "./job.js";

/** The limit, batch-copy, or another library. */
export type Group = "limit" | "ours" | "peer";

/** A way to write rows, and what the report says about it. */
export interface Contender {
  /** Its name in `--only` and in the results. */
  readonly id: string;
  readonly label: string;
  readonly group: Group;
  readonly implementation: Implementation | PythonImplementation;
  readonly options: Options;
  /** By how much fewer rows it writes than fast contenders, because it would take all day. */
  readonly slowness: number;
  /** What it leaves out and batch-copy does. */
  readonly skips?: string;
  /** The types of columns that it cannot write. */
  readonly lacks?: readonly string[];
}

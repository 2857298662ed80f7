import type { Implementation, PythonImplementation } from "./implementations.js";
import type { Options } from "./job.js";

/** The most that can be reached, ourselves, or another library. */
export type Group = "limit" | "ours" | "peer";

/** One that takes part, with what the report says of it. */
export interface Contender {
  /** As `--only` and the results have it. */
  readonly id: string;
  readonly label: string;
  readonly group: Group;
  readonly implementation: Implementation | PythonImplementation;
  readonly options: Options;
  /** It writes one row where a fast one writes so many: a slow one would take all day. */
  readonly slowness: number;
  /** What it leaves out that we do. */
  readonly skips?: string;
  /** The types of columns that it cannot write. */
  readonly lacks?: readonly string[];
}

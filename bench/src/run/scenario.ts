import type { Options } from "../contenders/job.js";
import type { Workload } from "../workloads/workload.js";
import type { Totals } from "./bench-database.js";

/** What a contender finds in the tables, and what it must leave there. */
export interface Scenario {
  /** Scenarios of one key have the same tables, so these are not created anew. */
  readonly key: string;
  /** The tables that are written to. */
  readonly tables: readonly Workload[];
  create(): Promise<void>;
  /** What each table must hold after the run. Changes the contents of the tables. */
  totals(): Promise<readonly Totals[]>;
  /** The files that a contender reads, if it encodes nothing. Changes the contents of the tables. */
  files(implementation: string, options: Options): Promise<readonly string[]>;
  /** Gives the tables the contents that each run begins with. */
  reset(): Promise<void>;
}

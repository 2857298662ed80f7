import type { Group } from "../contenders/contender.js";
import type { FileFormat } from "../files/file-load.js";
import type { LoadTools } from "../run/load-tools.js";
import type { Program } from "../run/run-programs.js";
import type { Workload } from "../workloads/workload.js";

/** A way to load a file as a user does: one or more processes, from their start to their end. */
export interface Loader {
  /** Its name in the results. */
  readonly id: string;
  readonly label: string;
  readonly group: Group;
  readonly connections: number;
  readonly formats: readonly FileFormat[];
  /** How many files the records are divided into beforehand. */
  readonly files: number;
  /** Why it cannot take part on this machine; undefined if it can. */
  whyNot(tools: LoadTools): string | undefined;
  /** What is started at once. */
  programs(job: LoadJob): readonly Program[] | Promise<readonly Program[]>;
}

/** What is to be loaded. */
export interface LoadJob {
  readonly format: FileFormat;
  readonly workload: Workload;
  readonly files: readonly string[];
  readonly tools: LoadTools;
  /** A folder that is removed afterwards. */
  readonly folder: string;
  /** For programs that run in Node. */
  readonly nodeFlags: readonly string[];
}

import type { Group } from "../contenders/contender.js";
import type { Sample } from "../run/sample.js";

/** Where, when and how figures were measured. */
export interface Setting {
  readonly date: string;
  readonly command: string;
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
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

export interface Throughput {
  readonly setting: Setting;
  readonly workloads: readonly WorkloadFigures[];
}

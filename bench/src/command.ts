import { parseArgs } from "node:util";

import { contenders } from "./contenders/registry.js";
import type { Contender } from "./contenders/contender.js";
import { workloads } from "./workloads/registry.js";
import type { Workload } from "./workloads/workload.js";

const ROUNDS = 5;
const QUICK_DIVISOR = 10;

export const HELP = `Usage: npm run bench -- [--quick] [--only NAME,...] [--rows N] [--rounds N] [--out FOLDER] [--profile FOLDER]
  --quick           a tenth of the rows, one round: a look within three minutes
  --only NAME,...   only these workloads and contenders
  --rows N          how many rows the fast contenders write
  --rounds N        how often each has its turn (default ${ROUNDS})

Workloads: ${workloads.map(({ name }) => name).join(", ")}
Contenders: ${contenders.map(({ id }) => id).join(", ")}`;

export interface Command {
  readonly workloads: readonly Workload[];
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  readonly rowsOf: (workload: Workload) => number;
}
export function readCommand(args: string[]): Command | "help" {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      rows: { type: "string" },
      rounds: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return "help";
  const names = values.only?.split(",") ?? [];
  const w = workloads.filter(({ name }) => names.includes(name));
  const c = contenders.filter(({ id }) => names.includes(id));
  const { rows } = values;
  return {
    workloads: w.length ? w : workloads,
    contenders: c.length ? c : contenders,
    rounds: Number(values.rounds ?? (values.quick ? 1 : ROUNDS)),
    rowsOf: (workload) =>
      rows ? Number(rows) : values.quick ? workload.rows / QUICK_DIVISOR : workload.rows,
  };
}

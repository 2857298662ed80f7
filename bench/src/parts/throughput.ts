import type { Contender } from "../contenders/contender.js";
import type { WorkloadFigures } from "../report/results.js";
import type { Bench } from "../run/bench.js";
import { Progress } from "../run/progress.js";
import { whyNot } from "../run/tools.js";
import type { Workload } from "../workloads/workload.js";
import { figureOf, takeTurn, type Entrant } from "./entrant.js";

const FEWEST_ROWS = 100;

/** What is to be measured. */
export interface ThroughputPlan {
  readonly workloads: readonly Workload[];
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  /** How many rows are written where so many are usual. */
  readonly scale: (usual: number) => number;
}

/** Every contender writes every workload, in rounds in turn. */
export async function measureThroughput(
  bench: Bench,
  { workloads, contenders, rounds, scale }: ThroughputPlan,
): Promise<WorkloadFigures[]> {
  const progress = new Progress(workloads.length * contenders.length * rounds);
  const results: WorkloadFigures[] = [];
  for (const workload of workloads) {
    const entrants = contenders.map((contender) =>
      entrantOf(contender, workload, scale(workload.rows), bench),
    );
    for (let round = 1; round <= rounds; round++) {
      for (const entrant of entrants) {
        progress.step(`${workload.name}, round ${round} of ${rounds}: ${entrant.contender.label}`);
        await takeTurn(entrant, bench.signal);
      }
    }
    const { name, description } = workload;
    results.push({ workload: name, description, figures: entrants.map(figureOf) });
  }
  progress.end();
  return results;
}

function entrantOf(contender: Contender, workload: Workload, most: number, bench: Bench): Entrant {
  const share = Math.round(most / contender.slowness);
  const rows = Math.min(most, Math.max(share, FEWEST_ROWS));
  const { implementation, options } = contender;
  return {
    contender,
    rows,
    samples: [],
    failure: whyNot(contender, bench.tools) ?? typeMissing(contender, workload),
    run: () => bench.run({ implementation, workload: workload.name, rows, options }),
  };
}

function typeMissing({ lacks = [] }: Contender, { table }: Workload): string | undefined {
  const missing = lacks.filter((type) =>
    Object.values(table.columns).some(({ sql }) => sql === type),
  );
  return missing.length === 0 ? undefined : `it has no ${missing.join(" and no ")}`;
}

import type { Contender } from "../contenders/contender.js";
import type { Figure, WorkloadFigures } from "../report/results.js";
import type { Bench } from "../run/bench.js";
import { Progress } from "../run/progress.js";
import type { Sample } from "../run/sample.js";
import { whyNot } from "../run/tools.js";
import type { Workload } from "../workloads/workload.js";

const FEWEST_ROWS = 100;

/** What is to be measured. */
export interface ThroughputPlan {
  readonly workloads: readonly Workload[];
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  /** How many rows are written where so many are usual. */
  readonly scale: (usual: number) => number;
}

/** One contender of one workload, while its samples gather. */
interface Entrant {
  readonly contender: Contender;
  readonly rows: number;
  readonly samples: Sample[];
  failure: string | undefined;
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
        await takeTurn(bench, workload, entrant);
      }
    }
    const { name, description } = workload;
    results.push({ workload: name, description, figures: entrants.map(figureOf) });
  }
  progress.end();
  return results;
}

function entrantOf(contender: Contender, workload: Workload, rows: number, bench: Bench): Entrant {
  const share = Math.round(rows / contender.slowness);
  return {
    contender,
    rows: Math.min(rows, Math.max(share, FEWEST_ROWS)),
    samples: [],
    failure: whyNot(contender, bench.tools) ?? typeMissing(contender, workload),
  };
}

/** One that has failed is not asked again. */
async function takeTurn(bench: Bench, workload: Workload, entrant: Entrant): Promise<void> {
  if (entrant.failure !== undefined) return;
  const { implementation, options } = entrant.contender;
  const { rows } = entrant;
  try {
    entrant.samples.push(
      await bench.run({ implementation, workload: workload.name, rows, options }),
    );
  } catch (error) {
    bench.signal.throwIfAborted();
    entrant.failure = error instanceof Error ? error.message : String(error);
  }
}

function figureOf({ contender, rows, samples, failure }: Entrant): Figure {
  const { id, label, group, skips } = contender;
  return {
    contender: id,
    label,
    group,
    ...(skips === undefined ? {} : { skips }),
    rows,
    ...(failure === undefined ? { samples } : { samples: [], failure }),
  };
}

function typeMissing({ lacks = [] }: Contender, { table }: Workload): string | undefined {
  const missing = lacks.filter((type) =>
    Object.values(table.columns).some(({ sql }) => sql === type),
  );
  return missing.length === 0 ? undefined : `it has no ${missing.join(" and no ")}`;
}

import { contenders } from "../contenders/registry.js";
import { fallen, isSame, type Loss } from "../report/fallen.js";
import type { Ratio, WorkloadFigures } from "../report/results.js";
import type { Bench } from "../run/bench.js";
import { workloads } from "../workloads/registry.js";
import type { Workload } from "../workloads/workload.js";
import { measureThroughput } from "./throughput.js";

const ROUNDS = 5;
const DIVISOR = 4;

/** Ours, and what each is divided by: who waits for every commit depends on the disk. */
const WATCHED: Readonly<Record<string, string>> = {
  sendMany: "socket",
  "send-2048": "socket",
  "send-50000": "socket",
  "insert-2048": "pg-pool",
};

/** Rows of 10 KB wait for the disk, whoever inserts them: that ratio comes and goes by a tenth. */
const DISK_BOUND = { workload: "blobs", of: "pg-pool" };

/** The ratios that a later run is compared with: the best of some rounds, which is the steadiest. */
export async function measureGuard(bench: Bench): Promise<Ratio[]> {
  return measureRatios(bench, workloads);
}

/** What fell since the ratios were recorded. What seems to have fallen is measured once more. */
export async function findLosses(bench: Bench, recorded: readonly Ratio[]): Promise<Loss[]> {
  const suspected = fallen(recorded, await measureRatios(bench, workloads));
  if (suspected.length === 0) return [];
  const again = workloads.filter(({ name }) => suspected.some(({ workload }) => workload === name));
  const losses = fallen(recorded, await measureRatios(bench, again));
  return losses.filter((loss) => suspected.some((suspect) => isSame(suspect, loss)));
}

async function measureRatios(bench: Bench, some: readonly Workload[]): Promise<Ratio[]> {
  const taking = new Set([...Object.keys(WATCHED), ...Object.values(WATCHED)]);
  const results = await measureThroughput(bench, {
    workloads: some,
    contenders: contenders.filter(({ id }) => taking.has(id)),
    rounds: ROUNDS,
    scale: (usual) => Math.ceil(usual / DIVISOR),
  });
  return results.flatMap(ratiosOf);
}

function ratiosOf({ workload, figures }: WorkloadFigures): Ratio[] {
  const best = (contender: string): number => {
    const figure = figures.find((candidate) => candidate.contender === contender);
    if (!figure || figure.failure !== undefined) {
      throw new Error(`${contender} has no figure for ${workload}: ${figure?.failure}`);
    }
    return Math.max(...figure.samples.map(({ rows, seconds }) => rows / seconds));
  };
  return Object.entries(WATCHED)
    .filter(([, of]) => workload !== DISK_BOUND.workload || of !== DISK_BOUND.of)
    .map(([contender, of]) => ({ workload, contender, of, ratio: best(contender) / best(of) }));
}

import { contenders } from "../contenders/registry.js";
import { MERGE, UNNEST, upserters } from "../contenders/upserters.js";
import { spotPricesFile } from "../files/spot-prices.js";
import { loadersOf } from "../loaders/registry.js";
import { fallen, isSame, type Loss } from "../report/fallen.js";
import type { Figure, Ratio } from "../report/results.js";
import type { Bench } from "../run/bench.js";
import { Progress } from "../run/progress.js";
import { workloads } from "../workloads/registry.js";
import type { Workload } from "../workloads/workload.js";
import { measureFile } from "./load-file.js";
import { measureThroughput } from "./throughput.js";
import { measureSending } from "./upsert.js";

const ROUNDS = 5;
const DIVISOR = 4;

/** Ours, and what each is divided by. */
type Watched = Readonly<Record<string, string>>;

/** Who waits for every commit depends on the disk. */
const WATCHED: Watched = {
  sendMany: "socket",
  "send-2048": "socket",
  "send-50000": "socket",
  "insert-2048": "pg-pool",
};

/** Rows of 10 KB wait for the disk, whoever inserts them: that ratio comes and goes by a tenth. */
const DISK_BOUND = { workload: "blobs", of: "pg-pool" };

/** The fast form of upsert and what it is compared with, on rows that are all there already. */
const UPSERT = "upsert";
const UPSERT_SENDING = { percent: 100, stored: 100_000, rows: 100_000, batchRows: 20_000 };
const WATCHED_UPSERTS: Watched = { [MERGE]: UNNEST };

/** A whole file over one connection, as users start the loaders. */
const LOAD = spotPricesFile.name;
const WATCHED_LOADS: Watched = { "batch-copy-1": "psql-1" };

const GUARDED: readonly string[] = [...workloads.map(({ name }) => name), UPSERT, LOAD];

/** The ratios that a later run is compared with: the best of some rounds, which is the steadiest. */
export async function measureGuard(bench: Bench): Promise<Ratio[]> {
  return measureRatios(bench, GUARDED);
}

/** What fell since the ratios were recorded. What seems to have fallen is measured once more. */
export async function findLosses(bench: Bench, recorded: readonly Ratio[]): Promise<Loss[]> {
  const comparable = recorded.filter(({ workload }) => workload !== LOAD || hasPsql(bench));
  const suspected = fallen(comparable, await measureRatios(bench, GUARDED));
  if (suspected.length === 0) return [];
  const again = GUARDED.filter((name) => suspected.some(({ workload }) => workload === name));
  const losses = fallen(comparable, await measureRatios(bench, again));
  return losses.filter((loss) => suspected.some((suspect) => isSame(suspect, loss)));
}

async function measureRatios(bench: Bench, names: readonly string[]): Promise<Ratio[]> {
  const some = workloads.filter(({ name }) => names.includes(name));
  const ratios = await measureThroughputRatios(bench, some);
  if (names.includes(UPSERT)) ratios.push(...(await measureUpsertRatios(bench)));
  if (names.includes(LOAD) && hasPsql(bench)) ratios.push(...(await measureLoadRatios(bench)));
  return ratios;
}

async function measureThroughputRatios(bench: Bench, some: readonly Workload[]): Promise<Ratio[]> {
  const results = await measureThroughput(bench, {
    workloads: some,
    contenders: contenders.filter(({ id }) => takesPart(id, WATCHED)),
    rounds: ROUNDS,
    scale: (usual) => Math.ceil(usual / DIVISOR),
  });
  return results.flatMap(({ workload, figures }) => ratiosOf(workload, figures, WATCHED));
}

async function measureUpsertRatios(bench: Bench): Promise<Ratio[]> {
  const taking = upserters.filter(({ id }) => takesPart(id, WATCHED_UPSERTS));
  const progress = new Progress(taking.length * ROUNDS);
  const { figures } = await measureSending(bench, UPSERT_SENDING, {
    contenders: taking,
    rounds: ROUNDS,
    progress,
  });
  progress.end();
  return ratiosOf(UPSERT, figures, WATCHED_UPSERTS);
}

async function measureLoadRatios(bench: Bench): Promise<Ratio[]> {
  const {
    workload: { rows: records },
    format,
  } = spotPricesFile;
  const loaders = loadersOf(format).filter(({ id }) => takesPart(id, WATCHED_LOADS));
  const progress = new Progress(loaders.length * ROUNDS);
  const loaded = { load: spotPricesFile, records, loaders };
  const { figures } = await measureFile(bench, loaded, { rounds: ROUNDS, progress });
  progress.end();
  return ratiosOf(LOAD, figures, WATCHED_LOADS);
}

function hasPsql({ tools }: Bench): boolean {
  return tools.psql !== undefined;
}

function takesPart(id: string, watched: Watched): boolean {
  return id in watched || Object.values(watched).includes(id);
}

function ratiosOf(workload: string, figures: readonly Figure[], watched: Watched): Ratio[] {
  const best = (contender: string): number => {
    const figure = figures.find((candidate) => candidate.contender === contender);
    if (!figure || figure.failure !== undefined) {
      throw new Error(`${contender} has no figure for ${workload}: ${figure?.failure}`);
    }
    return Math.max(...figure.samples.map(({ rows, seconds }) => rows / seconds));
  };
  return Object.entries(watched)
    .filter(([, of]) => workload !== DISK_BOUND.workload || of !== DISK_BOUND.of)
    .map(([contender, of]) => ({ workload, contender, of, ratio: best(contender) / best(of) }));
}

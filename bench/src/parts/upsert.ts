import type { Upserter } from "../contenders/upserters.js";
import type { BatchSize, UpsertFigures } from "../report/results.js";
import type { Bench } from "../run/bench.js";
import { Progress } from "../run/progress.js";
import { whyNot } from "../run/tools.js";
import { upsertsWorkload, type Conflicts } from "../workloads/upserts.js";
import { figureOf, takeTurn, type Entrant } from "./entrant.js";

const STORED = 200_000;
const PERCENTS = [0, 50, 100];
const BATCH_ROWS = [100, 1000, 5000, 20_000, 100_000];
const QUICK_BATCH_ROWS = [100, 1000, 5000];
/** Each batch is a commit, so small batches get fewer rows. */
const MOST_BATCHES = 500;

/** What is to be measured. */
export interface UpsertPlan {
  readonly upserters: readonly Upserter[];
  readonly rounds: number;
  readonly quick: boolean;
  readonly scale: (usual: number) => number;
}

/** What is sent, and in which batches. */
interface Sending extends Conflicts {
  readonly batchRows: number;
  readonly rows: number;
}

/** INSERT … ON CONFLICT by batch size, with more and more rows that are there already. */
export async function measureUpsert(
  bench: Bench,
  { upserters, rounds, quick, scale }: UpsertPlan,
): Promise<UpsertFigures> {
  const stored = Math.min(STORED, scale(STORED));
  const sizes = (quick ? QUICK_BATCH_ROWS : BATCH_ROWS).filter((rows) => rows <= stored);
  const sendings = PERCENTS.map((percent) =>
    sizes.map((batchRows) => ({ percent, stored, batchRows, rows: rowsOf(stored, batchRows) })),
  );
  const contendersOf = ({ percent }: Conflicts): readonly Upserter[] =>
    upserters.filter(({ upserts }) => upserts || percent === 0);
  const turns = sendings.flat().map((sending) => contendersOf(sending).length * rounds);
  const progress = new Progress(turns.reduce((sum, each) => sum + each, 0));
  const measured: BatchSize[][] = [];
  for (const level of sendings) {
    const batchSizes: BatchSize[] = [];
    for (const sending of level) {
      const contenders = contendersOf(sending);
      batchSizes.push(await measureSending(bench, sending, { contenders, rounds, progress }));
    }
    measured.push(batchSizes);
  }
  progress.end();
  return {
    description: upsertsWorkload("upserts", { percent: 0, stored }).description,
    stored,
    levels: PERCENTS.map((percent, index) => ({ percent, sizes: measured[index]! })),
  };
}

/** Who takes part, and how often. */
interface Participation {
  readonly contenders: readonly Upserter[];
  readonly rounds: number;
  readonly progress: Progress;
}

/** All contenders in rounds in turn. */
export async function measureSending(
  bench: Bench,
  sending: Sending,
  { contenders, rounds, progress }: Participation,
): Promise<BatchSize> {
  const { percent, batchRows } = sending;
  const entrants = contenders.map((upserter) => entrantOf(upserter, sending, bench));
  for (let round = 1; round <= rounds; round++) {
    for (const entrant of entrants) {
      const { label } = entrant.contender;
      progress.step(
        `${percent} % conflicts, batches of ${batchRows}, round ${round} of ${rounds}: ${label}`,
      );
      await takeTurn(entrant, bench.signal);
    }
  }
  return { batchRows, figures: entrants.map(figureOf) };
}

function entrantOf(contender: Upserter, sending: Sending, bench: Bench): Entrant {
  const { batchRows, ...upserts } = sending;
  const { implementation, table, options } = contender;
  return {
    contender,
    rows: sending.rows,
    samples: [],
    failure: whyNot(contender, bench.tools),
    run: () =>
      bench.runUpserts({ implementation, table, options: { ...options, batchRows }, ...upserts }),
  };
}

/** Whole batches only. */
function rowsOf(stored: number, batchRows: number): number {
  return Math.min(MOST_BATCHES, Math.floor(stored / batchRows)) * batchRows;
}

import type { Options } from "../contenders/job.js";
import { ROWS_PER_CALL } from "../contenders/send-many.js";
import type { RateFigures } from "../report/results.js";
import type { Bench } from "../run/bench.js";
import { inUnits, sourcesInTurn, withoutSources, type LedgerOf } from "../run/beside-ledger.js";
import { metricsWorkload } from "../workloads/metrics.js";
import { measureInTurn, type Compared } from "./in-turn.js";
import type { PartPlan } from "./part-plan.js";

/** How large batches may be, and how many rows are sent in them. */
interface Batches extends Pick<RateFigures, "maxBatchRows"> {
  readonly rows: number;
}

const DEFAULT_BATCHES: Batches = { rows: metricsWorkload.rows };
/** Each batch is a commit. */
const SMALL_BATCHES: Batches = { maxBatchRows: 20, rows: 100_000 };
const BATCHES = [DEFAULT_BATCHES, { maxBatchRows: 500, rows: 1_000_000 }, SMALL_BATCHES];
const QUICK_BATCHES = [DEFAULT_BATCHES, SMALL_BATCHES];

/** The difference is small, and seen only over many runs. */
const TURNS_PER_ROUND = 2;

/** What is run, except for its batches. */
interface Way {
  readonly label: string;
  readonly base?: string;
  readonly implementation: string;
  readonly options: Options;
}

/** Rows per second with and without a ledger, and through one source. */
export async function measureRates(
  bench: Bench,
  { rounds, quick, scale }: PartPlan,
): Promise<RateFigures[]> {
  const results: RateFigures[] = [];
  for (const { rows: usual, ...batch } of quick ? QUICK_BATCHES : BATCHES) {
    const rows = Math.min(usual, scale(usual));
    const compared = WAYS.map((way) => comparedOf(way, rows, batch));
    const lines = await measureInTurn(bench, compared, quick ? rounds : rounds * TURNS_PER_ROUND);
    results.push({ ...batch, lines });
  }
  return results;
}

const SEND_MANY: Way = { label: "sendMany()", implementation: "send-many", options: {} };
const SEND_MANY_ONE: Way = {
  label: "sendMany(), 1 connection",
  implementation: "send-many",
  options: { connections: 1 },
};
const PRODUCERS: Way = {
  label: "send(), 2,048 producers",
  implementation: "send",
  options: { producers: 2048 },
};
const SEND: Way = { label: "send(), 1 producer", implementation: "send", options: {} };
const SEND_ONE: Way = {
  label: "send(), 1 producer, 1 connection",
  implementation: "send",
  options: { connections: 1 },
};

/** Each follows what it is compared with. */
const WAYS: readonly Way[] = [
  SEND_MANY,
  withLedger(SEND_MANY),
  throughSource(SEND_MANY),
  SEND_MANY_ONE,
  throughSource(SEND_MANY_ONE),
  PRODUCERS,
  withLedger(PRODUCERS),
  SEND,
  throughSource(SEND),
  SEND_ONE,
  throughSource(SEND_ONE),
];

function withLedger(base: Way): Way {
  return {
    ...base,
    label: `${base.label}, ledger`,
    base: base.label,
    options: { ...base.options, ledger: 1 },
  };
}

function throughSource(base: Way): Way {
  return {
    ...withLedger(base),
    label: `source.${base.label.replace(", 1 producer", "")}`,
    implementation: `source-${base.implementation}`,
  };
}

function comparedOf(
  { implementation, options, ...line }: Way,
  rows: number,
  { maxBatchRows }: Pick<RateFigures, "maxBatchRows">,
): Compared {
  const unitRows = Math.min(ROWS_PER_CALL, maxBatchRows ?? ROWS_PER_CALL);
  return {
    ...line,
    run: {
      implementation,
      workload: metricsWorkload.name,
      rows,
      options: { ...options, unitRows, ...(maxBatchRows !== undefined && { maxBatchRows }) },
      ledger: ledgerOf(implementation, unitRows),
    },
  };
}

function ledgerOf(implementation: string, unitRows: number): LedgerOf {
  if (implementation === "source-send") return sourcesInTurn(1);
  if (implementation === "source-send-many") return inUnits(unitRows);
  return withoutSources();
}

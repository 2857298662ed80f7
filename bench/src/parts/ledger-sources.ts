import type { Options } from "../contenders/job.js";
import type { Curve, Series } from "../curves/curve.js";
import type { LabeledSamples, SourcesFigures } from "../report/results.js";
import type { Bench } from "../run/bench.js";
import { sourcesInTurn, withoutSources } from "../run/beside-ledger.js";
import { metricsWorkload } from "../workloads/metrics.js";
import { measureCurves } from "./curves.js";
import { measureInTurn, type Compared } from "./in-turn.js";
import type { PartPlan } from "./part-plan.js";

/** Sources of others. */
const HELD = 10_000;
const COUNTS = [1, 64, 1000, 10_000];
const QUICK_COUNTS = [1, 64];
const ROWS = 1_000_000;

/** What is run beside the sources of others. */
interface BesideRun {
  readonly label: string;
  readonly implementation: string;
  readonly rows: number;
  readonly options: Options;
}

const LONE_INSERT: BesideRun = {
  label: "insert(), 1 caller",
  implementation: "insert",
  rows: 5000,
  options: { connections: 1, ledger: 1 },
};
const SMALL_BATCHES: BesideRun = {
  label: "sendMany(), maxBatchRows: 20",
  implementation: "send-many",
  rows: 100_000,
  options: { maxBatchRows: 20, ledger: 1 },
};
const TURNS_PER_ROUND = 3;

const TRANSACTIONS = 500;
const MOST_ROWS = 500_000;

const { name: workload } = metricsWorkload;

/** One ledger with many sources: of others, and of one copier. */
export async function measureSources(bench: Bench, plan: PartPlan): Promise<SourcesFigures> {
  const counts = plan.quick ? QUICK_COUNTS : COUNTS;
  const curves = [rateCurve(counts), transactionsCurve(counts)];
  const [rate, oneOfEach] = await measureCurves(bench, { ...plan, curves });
  return {
    held: HELD,
    besideInsert: await measureBeside(bench, plan, LONE_INSERT),
    besideSendMany: await measureBeside(bench, plan, SMALL_BATCHES),
    rate: rate!,
    oneOfEach: oneOfEach!,
  };
}

/** The same copier beside an empty ledger and beside one with sources of others. */
function measureBeside(
  bench: Bench,
  { rounds, quick, scale }: PartPlan,
  { label, rows: usual, ...run }: BesideRun,
): Promise<LabeledSamples[]> {
  const rows = Math.min(usual, scale(usual));
  const comparedOf = (held: number): Compared["run"] => ({
    ...run,
    workload,
    rows,
    ledger: withoutSources(held),
  });
  return measureInTurn(
    bench,
    [
      { label, run: comparedOf(0) },
      { label: `${label}, beside sources of others`, base: label, run: comparedOf(HELD) },
    ],
    quick ? rounds : rounds * TURNS_PER_ROUND,
  );
}

/** Rows of all sources in turn, in batches that they share. */
function rateCurve(counts: readonly number[]): Curve {
  return {
    name: "ledger-sources-rate",
    title: "Rows of many sources in turn",
    xLabel: "sources",
    xScale: "log",
    xs: counts,
    series: [
      seriesOf("source.send()", "source-send", () => ROWS, { ledger: 1 }),
      seriesOf("send(), no ledger", "send", () => ROWS, { producers: 1 }),
    ],
  };
}

/** Transactions of a row from each source, and of as many rows without a ledger. */
function transactionsCurve(counts: readonly number[]): Curve {
  const rowsAt = (sources: number): number => Math.min(TRANSACTIONS * sources, MOST_ROWS);
  return {
    name: "ledger-sources-transactions",
    title: "Transactions of a row from each source",
    xLabel: "sources",
    xScale: "log",
    xs: counts,
    series: [
      seriesOf("a row from each source", "one-of-each", rowsAt, { ledger: 1 }),
      seriesOf("as many rows, no ledger", "one-of-each", rowsAt, {}),
    ],
  };
}

function seriesOf(
  label: string,
  implementation: string,
  rowsAt: (sources: number) => number,
  options: Options,
): Series {
  const hasSources = options["ledger"] === 1;
  return {
    label,
    at: (sources) => ({
      implementation,
      workload,
      rows: rowsAt(sources),
      options: { ...options, sources },
      ledger: hasSources ? sourcesInTurn(sources) : withoutSources(),
    }),
  };
}

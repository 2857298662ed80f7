import { tablesCurve } from "../curves/tables.js";
import type { LabeledSamples, LatencyLine, Point, TablesFigures } from "../report/results.js";
import type { Bench } from "../run/bench.js";
import { camelMetricsWorkload } from "../workloads/camel-metrics.js";
import { metricsWorkload } from "../workloads/metrics.js";
import { besideNeighbor, inTurn } from "../workloads/share.js";
import { measureCurves } from "./curves.js";
import { measureInTurn, type Compared } from "./in-turn.js";
import { measureOpenLoop, type OpenLoopLine } from "./open-loop.js";

const COUNTS = [1, 10, 100, 1000];
const QUICK_COUNTS = [1, 10, 100];
/** Of one table there would be noise only. */
const LEAST_COSTLY = 10;
const ROWS_PER_OPEN_TABLE = 10;

const LOADS = [1000, 10_000, 50_000];
const QUICK_LOADS = [1000];
const SECONDS = 5;
const QUICK_SECONDS = 1;
/** More than a table's share of the buffer, which holds 1.3 million of these rows. */
const NEIGHBOR_ROWS = 2_000_000;
/** The default. With fewer rows, it is smaller as well, so that the neighbor still fills its share. */
const BUFFERED_BYTES = 64 * 2 ** 20;

/** The difference of names is small, and seen only over many runs. */
const NAMES_TURNS_PER_ROUND = 3;

/** What is to be measured. */
export interface TablesPlan {
  readonly rounds: number;
  readonly quick: boolean;
  readonly scale: (usual: number) => number;
}

/** Many tables over the few connections of one group. */
export async function measureTables(bench: Bench, plan: TablesPlan): Promise<TablesFigures> {
  const counts = plan.quick ? QUICK_COUNTS : COUNTS;
  const [rate] = await measureCurves(bench, { ...plan, curves: [tablesCurve(counts)] });
  return {
    rate: rate!,
    costs: await measureCosts(bench, counts, plan),
    besideLocked: await measureBesideLocked(bench, plan),
    names: await measureNames(bench, plan),
  };
}

/** Opening many tables at once, and the memory that they take. */
async function measureCosts(
  bench: Bench,
  counts: readonly number[],
  { rounds }: TablesPlan,
): Promise<Point[]> {
  const costly = counts.filter((tables) => tables >= LEAST_COSTLY);
  const compared = costly.map((tables): Compared => ({
    label: `${tables} open tables`,
    run: {
      implementation: "open-tables",
      workload: metricsWorkload.name,
      rows: tables * ROWS_PER_OPEN_TABLE,
      options: { tables },
      divide: inTurn(tables),
    },
  }));
  const lines = await measureInTurn(bench, compared, rounds);
  return lines.map(({ samples }, index) => ({ x: costly[index]!, samples }));
}

/** `insert()` into a table of the group, after another one got many rows or while that is locked. */
function measureBesideLocked(
  bench: Bench,
  { rounds, quick, scale }: TablesPlan,
): Promise<LatencyLine[]> {
  const neighborRows = Math.min(NEIGHBOR_ROWS, scale(NEIGHBOR_ROWS));
  const maxBufferedBytes = Math.ceil((BUFFERED_BYTES * neighborRows) / NEIGHBOR_ROWS);
  const lineOf = (label: string, locked: number): OpenLoopLine => ({
    label,
    run: {
      implementation: "insert-beside",
      workload: metricsWorkload.name,
      options: { neighborRows, locked, maxBufferedBytes },
      divide: besideNeighbor(neighborRows),
    },
  });
  return measureOpenLoop(bench, [lineOf("undisturbed", 0), lineOf("another table is locked", 1)], {
    loads: quick ? QUICK_LOADS : LOADS,
    seconds: quick ? QUICK_SECONDS : SECONDS,
    rounds,
  });
}

/** The same rows, with keys that are the names of the columns and with keys that are not. */
function measureNames(bench: Bench, { rounds, scale }: TablesPlan): Promise<LabeledSamples[]> {
  const rows = Math.min(metricsWorkload.rows, scale(metricsWorkload.rows));
  const comparedOf = (label: string, workload: string): Compared => ({
    label,
    run: { implementation: "send-many", workload, rows },
  });
  const compared = [
    comparedOf("keys are the names of the columns", metricsWorkload.name),
    comparedOf('camelCase keys, names: "snake_case"', camelMetricsWorkload.name),
  ];
  return measureInTurn(bench, compared, rounds * NAMES_TURNS_PER_ROUND);
}

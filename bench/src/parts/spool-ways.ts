import type { Options } from "../contenders/job.js";
import { ROWS_PER_CALL } from "../contenders/send-many.js";
import type { SpoolWay } from "../report/results.js";
import type { Bench, Run } from "../run/bench.js";
import { withoutSources } from "../run/beside-ledger.js";
import type { SpoolFolder } from "../run/spool-folder.js";
import { metricsWorkload } from "../workloads/metrics.js";
import { toNoTable } from "../workloads/share.js";
import { measureInTurn, type Compared } from "./in-turn.js";
import type { PartPlan } from "./part-plan.js";
import { spoolRun } from "./spool-run.js";

const COUNT = new Intl.NumberFormat("en-US");

const MOST_ROWS = metricsWorkload.rows;
const PRODUCERS = [
  { callers: 1, rows: 20_000 },
  { callers: 8, rows: 100_000 },
  { callers: 64, rows: 500_000 },
  { callers: 512, rows: 2_000_000 },
  { callers: 2048, rows: MOST_ROWS },
];
const QUICK_CALLERS: ReadonlySet<number> = new Set([1, 64, 2048]);

/** Of the rows, before calls are timed: by then the code is compiled. */
const WARM_UP_SHARE = 0.1;

/** How rows are sent. */
interface Way extends Pick<SpoolWay, "label" | "callers"> {
  readonly implementation: string;
  readonly options: Options;
  /** With a spool; without one it takes as many as all others, to take as long. */
  readonly rows: number;
  /** How many rows of it can be synced at once; undefined if that is a matter of bytes. */
  readonly groupRows?: number;
}

/** Without a spool, with one, and what its disk can take: all three take turns. */
export async function measureWays(
  bench: Bench,
  folder: SpoolFolder,
  { rounds, quick, scale }: PartPlan,
): Promise<SpoolWay[]> {
  const producers = PRODUCERS.filter(({ callers }) => !quick || QUICK_CALLERS.has(callers));
  const ways = [...producers.map(sending), ...SENDING_MANY];
  const plainRows = Math.min(MOST_ROWS, scale(MOST_ROWS));
  const compared = ways.flatMap((way): Compared[] => {
    const rows = Math.min(way.rows, scale(way.rows));
    return [
      { label: way.label, run: plainRun(way, plainRows) },
      { label: `${way.label}, spool`, run: spoolRun(bench, folder, runOf(way, rows)) },
      { label: `${way.label}, append and fdatasync`, run: appendRun(folder, way, rows) },
    ];
  });
  const lines = await measureInTurn(bench, compared, rounds);
  return ways.map(({ label, callers }, index) => {
    const [plain, spool, appended] = lines.slice(index * 3).map(({ samples }) => samples);
    return { label, callers, plain: plain!, spool: spool!, appended: appended! };
  });
}

function sending({ callers, rows }: (typeof PRODUCERS)[number]): Way {
  return {
    label: `send(), ${COUNT.format(callers)} producer${callers === 1 ? "" : "s"}`,
    callers,
    implementation: "timed-send",
    options: { callers },
    rows,
    groupRows: callers,
  };
}

const SENDING_MANY: readonly Way[] = [
  {
    label: `sendMany(), ${COUNT.format(ROWS_PER_CALL)} rows a call`,
    implementation: "timed-send-many",
    options: { rowsPerCall: ROWS_PER_CALL },
    rows: MOST_ROWS,
    groupRows: ROWS_PER_CALL,
  },
  {
    label: "sendMany(), one call",
    implementation: "timed-send-many",
    options: {},
    rows: MOST_ROWS,
  },
];

function runOf({ implementation, options }: Way, rows: number): Run & { options: Options } {
  const warmUpRows = Math.floor(rows * WARM_UP_SHARE);
  return {
    implementation,
    workload: metricsWorkload.name,
    rows,
    options: { ...options, warmUpRows },
  };
}

/** Beside a ledger that it does not use, so that the tables need not be created anew. */
function plainRun(way: Way, rows: number): Run {
  return { ...runOf(way, rows), ledger: withoutSources() };
}

function appendRun(folder: SpoolFolder, { groupRows }: Way, rows: number): Run {
  return {
    implementation: "append-sync",
    workload: metricsWorkload.name,
    rows,
    options: { connections: 1, ...(groupRows !== undefined && { groupRows }) },
    divide: toNoTable,
    ledger: withoutSources(),
    folder: folder.path,
    verify: ([ready]) => folder.verifyAppended(ready!),
  };
}

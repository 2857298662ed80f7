import type { Options } from "../contenders/job.js";
import type { MemoryLine, OutageFigures } from "../report/results.js";
import type { Bench, Run } from "../run/bench.js";
import { withoutSources } from "../run/beside-ledger.js";
import type { Sample } from "../run/sample.js";
import type { SpoolFolder } from "../run/spool-folder.js";
import { whileLocked } from "../run/while-locked.js";
import { metricsWorkload } from "../workloads/metrics.js";
import { measureInTurn, type Compared } from "./in-turn.js";
import type { PartPlan } from "./part-plan.js";
import { spoolRun } from "./spool-run.js";

/** Half a gigabyte: a tuple has 26 bytes. */
const ROWS = 20_000_000;
const WATCH_EVERY_MS = 100;

/** How rows are sent while the table is locked. */
interface Sender {
  readonly label: string;
  readonly options: Options;
}

const SENDERS: readonly Sender[] = [
  { label: "sendMany()", options: {} },
  { label: "send(), 2,048 producers", options: { callers: 2048 } },
];

/** A process fills the spool while the table is locked; another one writes to the table what it left. */
export async function measureOutage(
  bench: Bench,
  folder: SpoolFolder,
  { rounds, scale }: PartPlan,
): Promise<OutageFigures> {
  const rows = Math.min(ROWS, scale(ROWS));
  const copied = copying(bench, rows);
  const filling = new Map<string, MemoryLine>();
  const drained = SENDERS.map(({ label, options }): Compared => {
    const before = async (): Promise<void> => {
      const { watched = [] } = await fill(bench, folder, rows, options);
      if (!filling.has(label)) filling.set(label, { label, watched });
    };
    const run = { implementation: "drain-spool", workload, rows, options: {}, before };
    return {
      label: `from the spool, left by ${label}`,
      base: copied[0]!.label,
      run: spoolRun(bench, folder, run),
    };
  });
  const draining = await measureInTurn(bench, [...copied, ...drained], rounds);
  return { rows, filling: [...filling.values()], draining };
}

const { name: workload } = metricsWorkload;

/** What the same rows take without a spool. The first one is what all are compared with. */
function copying({ tools }: Bench, rows: number): Compared[] {
  const [client, implementation] =
    tools.psql === undefined ? ["bare socket", "socket"] : [String.raw`psql \copy`, "psql"];
  const copyingOver = (connections: number): Run => ({
    implementation,
    workload,
    rows,
    options: { connections },
    ledger: withoutSources(),
  });
  const base = `${client} of ready files`;
  return [
    { label: base, run: copyingOver(2) },
    { label: `${base}, 1 connection`, base, run: copyingOver(1) },
    {
      label: "sendMany(), no spool",
      base,
      run: { ...copyingOver(2), implementation: "timed-send-many" },
    },
  ];
}

/** A process of its own, because only the streams of dead ones are adopted. */
function fill(bench: Bench, folder: SpoolFolder, rows: number, options: Options): Promise<Sample> {
  return whileLocked(metricsWorkload, () =>
    bench.work({
      implementation: "fill-spool",
      workload,
      rows,
      options: { ...options, ledger: 1, watchEveryMs: WATCH_EVERY_MS },
      files: [],
      folder: folder.path,
    }),
  );
}

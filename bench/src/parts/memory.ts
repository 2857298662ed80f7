import { setTimeout as sleep } from "node:timers/promises";

import type { Options } from "../contenders/job.js";
import type { MemoryFigures, MemoryLine } from "../report/results.js";
import type { Bench, Run } from "../run/bench.js";
import { Progress } from "../run/progress.js";
import { metricsWorkload } from "../workloads/metrics.js";
import { qualifiedName } from "../workloads/workload.js";

const ROWS = 50_000_000;
const STALLED_ROWS = 5_000_000;
const STALL_MS = 10_000;
const WATCH_EVERY_MS = 100;

interface Line {
  readonly label: string;
  readonly implementation: string;
  readonly options: Options;
}

const LINES: readonly Line[] = [
  { label: "sendMany()", implementation: "send-many", options: {} },
  { label: "send(), 2,048 producers", implementation: "send", options: { producers: 2048 } },
];

/** What is to be measured. */
export interface MemoryPlan {
  readonly scale: (usual: number) => number;
}

/** The resident size of the process while it sends, and while the server takes nothing. */
export async function measureMemory(bench: Bench, { scale }: MemoryPlan): Promise<MemoryFigures> {
  const progress = new Progress(LINES.length * 2);
  const sending: MemoryLine[] = [];
  const stalled: MemoryLine[] = [];
  for (const { label, implementation, options: given } of LINES) {
    const options = { ...given, watchEveryMs: WATCH_EVERY_MS };
    const run: Run = { implementation, options, workload: metricsWorkload.name, rows: scale(ROWS) };
    progress.step(`${run.rows} rows: ${label}`);
    sending.push(lineOf(label, await bench.run(run)));

    progress.step(`stalled for ${STALL_MS / 1000} s: ${label}`);
    const rows = Math.min(STALLED_ROWS, run.rows);
    stalled.push(lineOf(label, await bench.run({ ...run, rows, meanwhile: () => stall(bench) })));
  }
  progress.end();
  return { sending, stalled, stallSeconds: STALL_MS / 1000 };
}

/** Locks the table, so that every COPY waits. */
async function stall({ database, signal }: Bench): Promise<void> {
  await database.client.query(`BEGIN; LOCK TABLE ${qualifiedName(metricsWorkload)}`);
  try {
    await sleep(STALL_MS, undefined, { signal });
  } finally {
    await database.client.query("COMMIT");
  }
}

function lineOf(label: string, { watched = [] }: Awaited<ReturnType<Bench["run"]>>): MemoryLine {
  return { label, watched };
}

/**
 * Runs one contender in a process of its own: node worker.js CONTENDER WORKLOAD ROWS
 * [NAME=NUMBER...] [folder=PATH] [FILE...]. The table must exist and be empty. Prints one line of JSON.
 */
import { readFileSync } from "node:fs";

import { courseOf } from "./contenders/course-of.js";
import { openerOf } from "./contenders/implementations.js";
import type { Job } from "./contenders/job.js";
import { latencyOf } from "./contenders/latency-of.js";
import type { Sample } from "./run/sample.js";
import { serverCpuMicros } from "./run/server-cpu.js";
import { MemoryWatch } from "./watch-memory.js";
import { workloadNamed } from "./workloads/registry.js";

const [contender = "", ...rest] = process.argv.slice(2);
const job = jobOf(rest);
// The rows are made before the clock starts.
job.workload.row(0);
const { watchEveryMs } = job.options;
if (watchEveryMs === undefined) {
  print(await measure(contender, job));
} else {
  const watch = new MemoryWatch(job.workload, watchEveryMs);
  const sample = await measure(contender, { ...job, workload: watch.workload });
  print({ ...sample, watched: watch.end() });
}

/** From the first row handed over until all are committed. */
async function measure(name: string, work: Job): Promise<Sample> {
  const open = await openerOf(name);
  const prepared = await open(work);
  const { postmaster, courseParts } = work.options;
  const serverCpuAtStart = postmaster === undefined ? 0 : serverCpuMicros(postmaster);
  const startedAt = performance.now();
  const cpuAtStart = process.cpuUsage();
  const { tookMs, ...found } = (await prepared.write()) ?? {};
  const { user, system } = process.cpuUsage(cpuAtStart);
  const seconds = (performance.now() - startedAt) / 1000;
  const measured = {
    seconds,
    cpuMicros: user + system,
    ...(postmaster !== undefined && {
      serverCpuMicros: serverCpuMicros(postmaster) - serverCpuAtStart,
    }),
    peakRss: peakRssBytes(),
    ...found,
  };
  const foundAtEnd = await prepared.close();
  // In this order, because `latencyOf` sorts the array.
  const courseMs = tookMs && courseParts !== undefined && courseOf(tookMs, courseParts);
  const latencyMs = tookMs && latencyOf(tookMs);
  return {
    rows: work.rows,
    ...measured,
    ...foundAtEnd,
    ...(courseMs && { courseMs }),
    ...(latencyMs && { latencyMs }),
  };
}

function jobOf([workload = "", rows, ...others]: readonly string[]): Job {
  const pairs = others.filter((argument) => argument.includes("="));
  const { folder, ...options } = Object.fromEntries(pairs.map((pair) => pair.split("="))) as Record<
    string,
    string
  >;
  return {
    workload: workloadNamed(workload),
    rows: Number(rows),
    options: Object.fromEntries(
      Object.entries(options).map(([name, value]) => [name, Number(value)]),
    ),
    files: others.filter((argument) => !argument.includes("=")),
    folder,
  };
}

/** Not `maxRSS` if avoidable: on Linux a child inherits its parent's. */
function peakRssBytes(): number {
  const kibibytes =
    process.platform === "linux"
      ? /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]
      : process.resourceUsage().maxRSS;
  return Number(kibibytes) * 1024;
}

/** More digits are noise. */
function print(sample: Sample): void {
  const rounded = (_key: string, value: unknown): unknown =>
    typeof value === "number" ? Math.round(value * 1e6) / 1e6 : value;
  console.log(JSON.stringify(sample, rounded));
}

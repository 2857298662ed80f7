/**
 * One contender in a process of its own: node worker.js CONTENDER WORKLOAD ROWS [NAME=NUMBER...]
 * [FILE...]. The table has to be there, empty. Prints one line of JSON.
 */
import { readFileSync } from "node:fs";

import { openerOf } from "./contenders/implementations.js";
import type { Job } from "./contenders/job.js";
import type { Sample } from "./run/sample.js";
import { workloadNamed } from "./workloads/registry.js";

const [contender = "", workload = "", rows = "", ...rest] = process.argv.slice(2);
const job: Job = {
  workload: workloadNamed(workload),
  rows: Number(rows),
  options: optionsOf(rest.filter((argument) => argument.includes("="))),
  files: rest.filter((argument) => !argument.includes("=")),
};
console.log(JSON.stringify(await measure(contender, job)));

/** From the first row handed over until all are committed. */
async function measure(name: string, work: Job): Promise<Sample> {
  const open = await openerOf(name);
  const prepared = await open(work);
  const startedAt = performance.now();
  const cpuAtStart = process.cpuUsage();
  const found = await prepared.write();
  const { user, system } = process.cpuUsage(cpuAtStart);
  const seconds = (performance.now() - startedAt) / 1000;
  const peakRss = peakRssBytes();
  const foundAtEnd = await prepared.close();
  return {
    rows: work.rows,
    seconds,
    cpuMicros: user + system,
    peakRss,
    ...found,
    ...foundAtEnd,
  };
}

function optionsOf(pairs: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = "", value] = pair.split("=");
      return [name, Number(value)];
    }),
  );
}

/** Not `maxRSS` where it can be helped: Linux lets a child inherit its parent's. */
function peakRssBytes(): number {
  const kibibytes =
    process.platform === "linux"
      ? /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]
      : process.resourceUsage().maxRSS;
  return Number(kibibytes) * 1024;
}

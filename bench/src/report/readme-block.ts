import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { PUBLISHED } from "../command.js";
import { formatFigure, formatRatio, formatShort } from "./format.js";
import { limitOf, rateOf } from "./limit.js";
import { recall } from "./record.js";
import type { Figure, WorkloadFigures } from "./results.js";
import { median } from "./statistics.js";

const README = join(PUBLISHED, "..", "..", "README.md");
const BLOCK = /(<!-- benchmarks -->\n).*?(<!-- \/benchmarks -->)/s;
const WORKLOAD = "metrics";

/** Puts one picture and three numbers of the published figures between the marks in README.md. */
export async function writeReadmeBlock(): Promise<void> {
  const recorded = await recall(PUBLISHED, "throughput");
  const metrics = recorded?.figures.find(({ workload }) => workload === WORKLOAD);
  if (recorded === undefined || metrics === undefined) return;
  const text = await readFile(README, "utf8");
  if (!BLOCK.test(text)) throw new Error("README.md has no marks for the benchmarks");
  const block = blockOf(metrics, recorded.setting.machine);
  await writeFile(
    README,
    text.replace(BLOCK, (_all, start, end) => `${start}\n${block}\n\n${end}`),
  );
}

function blockOf(metrics: WorkloadFigures, machine: string): string {
  const limit = limitOf(metrics);
  const rate = (id: string): number => rateOf(figureOf(metrics, id))!;
  const producers = figureOf(metrics, "send-2048").samples;
  const micros = median(producers.map(({ cpuMicros, rows }) => cpuMicros / rows));
  return [
    `![Rows per second of every contender](docs/benchmarks/throughput-${WORKLOAD}.svg)`,
    [
      `- **${formatShort(rate("sendMany"))} rows/s** by \`sendMany()\`: ${formatRatio(rate("sendMany") / rateOf(limit)!)} of the limit (${limit?.label}) over as many connections.`,
      `- **${formatShort(rate("send-2048"))} rows/s** from 2048 producers that each await \`send()\`, at ${formatFigure(micros)} µs of client CPU a row.`,
      `- **${formatFigure(rate("insert-256") / rate("pg-pool"))} times** as many rows committed by 256 callers of \`insert()\` as by the same callers through a pool of 10 running INSERT.`,
    ].join("\n"),
    `On ${machine}, the server included; [all figures](docs/benchmarks/README.md), and how they come about.`,
  ].join("\n\n");
}

function figureOf({ figures }: WorkloadFigures, id: string): Figure {
  const figure = figures.find(({ contender }) => contender === id);
  if (figure === undefined || figure.samples.length === 0) {
    throw new Error(`README.md has to do without new numbers: ${id} has no figure`);
  }
  return figure;
}

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

/** Writes a picture and three of the published figures into the benchmarks block of README.md. */
export async function writeReadmeBlock(): Promise<void> {
  const recorded = await recall(PUBLISHED, "throughput");
  const metrics = recorded?.figures.find(({ workload }) => workload === WORKLOAD);
  if (recorded === undefined || metrics === undefined) return;
  const text = await readFile(README, "utf8");
  if (!BLOCK.test(text)) throw new Error("README.md has no <!-- benchmarks --> block");
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
    `![Rows per second of every client](docs/benchmarks/throughput-${WORKLOAD}.svg)`,
    [
      `- **${formatShort(rate("sendMany"))} rows/s** with \`sendMany()\`: ${formatRatio(rate("sendMany") / rateOf(limit)!)} of the limit (${limit?.label}) over the same number of connections.`,
      `- **${formatShort(rate("send-2048"))} rows/s** from 2048 producers that each await \`send()\`, with ${formatFigure(micros)} µs of client CPU per row.`,
      `- **${formatFigure(rate("insert-256") / rate("pg-pool"))} times** as many rows per second committed by 256 concurrent callers of \`insert()\` as by INSERT through a pool of 10 connections.`,
    ].join("\n"),
    `Measured on ${machine}, which client and server share. [All figures](docs/benchmarks/README.md), and how they were measured.`,
  ].join("\n\n");
}

function figureOf({ figures }: WorkloadFigures, id: string): Figure {
  const figure = figures.find(({ contender }) => contender === id);
  if (figure === undefined || figure.samples.length === 0) {
    throw new Error(`Cannot update README.md: ${id} was not measured`);
  }
  return figure;
}

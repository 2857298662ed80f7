import { formatFigure, formatMebibytes, formatRatio } from "./format.js";
import { limitOf, rateOf } from "./limit.js";
import { notes } from "./notes.js";
import type { Figure, WorkloadFigures } from "./results.js";
import { median, rowsPerSecond, spreadOf } from "./statistics.js";
import { markdownTable } from "./table.js";

const HEADER = [
  "",
  "rows/s",
  "of the limit",
  "lowest",
  "highest",
  "CPU µs/row",
  "peak MiB",
  "p50 ms",
  "p99 ms",
  "rows",
];

/** The chart and the table of a workload. */
export function throughputSection(result: WorkloadFigures, picture: string): string {
  const { workload, description, figures } = result;
  return [
    `### ${workload}`,
    `${description[0]?.toUpperCase()}${description.slice(1)}.`,
    `![Rows per second of every client](${picture})`,
    throughputTable(result),
    ...notes(
      "What other clients leave out:",
      figures.map(({ label, skips }) => [label, skips]),
    ),
    ...notes(
      "Not measured:",
      figures.map(({ label, failure }) => [label, failure]),
    ),
  ].join("\n\n");
}

/** The same as text for a terminal. */
export function throughputTable(result: WorkloadFigures): string {
  const limit = rateOf(limitOf(result));
  const rows = result.figures
    .filter(({ samples }) => samples.length > 0)
    .map((figure) => rowOf(figure, limit));
  return markdownTable(HEADER, rows);
}

function rowOf({ label, group, rows, samples }: Figure, limit: number | undefined): string[] {
  const rate = spreadOf(samples.map(rowsPerSecond));
  const cpu = median(samples.map((sample) => sample.cpuMicros / sample.rows));
  const peaks = samples.flatMap(({ peakRss }) => peakRss ?? []);
  const latencies = samples.flatMap(({ latencyMs }) => latencyMs ?? []);
  return [
    group === "ours" ? `**${label}**` : label,
    formatFigure(rate.median),
    limit === undefined ? "" : formatRatio(rate.median / limit),
    formatFigure(rate.lowest),
    formatFigure(rate.highest),
    formatFigure(cpu),
    peaks.length === 0 ? "" : formatMebibytes(Math.max(...peaks)),
    ...[latencies.map(({ p50 }) => p50), latencies.map(({ p99 }) => p99)].map((values) =>
      values.length === 0 ? "" : formatFigure(median(values)),
    ),
    formatFigure(rows),
  ];
}

import type { Latency } from "../contenders/latency-of.js";
import { drawLines } from "./charts/lines.js";
import { formatFigure } from "./format.js";
import type { LatencyLine, LoadPoint } from "./results.js";
import { median, rowsPerSecond } from "./statistics.js";
import { markdownTable } from "./table.js";

const PERCENTILES = ["p50", "p99", "p999"] as const satisfies (keyof Latency)[];
type Percentile = (typeof PERCENTILES)[number];

/** The names of the percentiles on the page. */
const NAMES: Readonly<Record<Percentile, string>> = { p50: "p50", p99: "p99", p999: "p99.9" };

/** The pictures, by file name. */
export function latencyPictures(lines: readonly LatencyLine[]): Record<string, string> {
  return Object.fromEntries(
    PERCENTILES.map((percentile) => [
      pictureOf(percentile),
      drawLatency("Commit latency", lines, percentile),
    ]),
  );
}

/** The table and the charts of the time from a row's arrival to its commit. */
export function latencySection(lines: readonly LatencyLine[]): string {
  return [
    "Time from the arrival of a row to its commit. Rows arrive at random moments at a given rate, whether or not earlier rows are committed. A row's time starts at its arrival, even if the process was busy. A line ends where the load exceeds what the client can commit.",
    ...PERCENTILES.map((percentile) => `![Latency by offered load](${pictureOf(percentile)})`),
    latencyTable(lines),
  ].join("\n\n");
}

/** All percentiles at each load. */
export function latencyTable(lines: readonly LatencyLine[]): string {
  const rows = lines.flatMap(({ label, points }) =>
    points.map((point) => [
      label,
      point.perSecond.toLocaleString("en-US"),
      formatFigure(median(point.samples.map(rowsPerSecond))),
      ...PERCENTILES.map((percentile) => formatFigure(latencyAt(point, percentile))),
    ]),
  );
  const names = PERCENTILES.map((percentile) => `${NAMES[percentile]} ms`);
  return markdownTable(["", "rows/s offered", "rows/s committed", ...names], rows);
}

/** A chart of one percentile by offered load. */
export function drawLatency(
  title: string,
  lines: readonly LatencyLine[],
  percentile: Percentile,
): string {
  return drawLines({
    title: `${title}, ${NAMES[percentile]}`,
    x: { label: "rows/s offered", type: "log", tickFormat: "~s" },
    y: { label: "ms", type: "log", tickFormat: "~g", zero: false },
    dotted: true,
    lines: lines.map(({ label, points }) => ({
      label,
      points: points.map((point) => ({ x: point.perSecond, y: latencyAt(point, percentile) })),
    })),
  });
}

function latencyAt({ samples }: LoadPoint, percentile: Percentile): number {
  return median(samples.flatMap(({ latencyMs }) => latencyMs?.[percentile] ?? []));
}

function pictureOf(percentile: Percentile): string {
  return `latency-${NAMES[percentile]}.svg`;
}

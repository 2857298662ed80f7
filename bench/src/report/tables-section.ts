import type { TableCosts } from "../contenders/job.js";
import { drawLines } from "./charts/lines.js";
import { drawCurve } from "./curves-section.js";
import { formatFigure, formatRatio } from "./format.js";
import { drawLatency, latencyTable } from "./latency-section.js";
import type { CurveFigures, LabeledSamples, Point, TablesFigures } from "./results.js";
import { median, rowsPerSecond, spreadOf } from "./statistics.js";
import { markdownTable } from "./table.js";

const KIBIBYTE = 1024;
const MEBIBYTE = 2 ** 20;

const RATE_PICTURE = "tables-rate.svg";
const MEMORY_PICTURE = "tables-memory.svg";
const LATENCY_PICTURE = "tables-latency-p99.svg";

/** What a table costs, and its name on the page. */
interface Cost {
  readonly label: string;
  readonly bytesOf: (costs: TableCosts) => number;
}

const COSTS: readonly Cost[] = [
  { label: "heap, open", bytesOf: ({ opened }) => opened.heap },
  { label: "RSS, open", bytesOf: ({ opened }) => opened.rss },
  { label: "heap, after rows", bytesOf: ({ used }) => used.heap },
  { label: "RSS, after rows", bytesOf: ({ used }) => used.rss },
];

/** Many tables over the few connections of one group. */
export function tablesSection({ rate, costs, besideLocked, names }: TablesFigures): string {
  return [
    "One group writes `metrics` rows over 4 connections. Its tables are open before the time starts.",
    "### Rate",
    "Producers send the same rows with `group.send(name, row)` to all tables in turn. A batch is a transaction that writes to one table, so more tables mean smaller batches. Those cost the server more per row: besides the commit, each COPY makes a slot for each of its first 1000 rows (`MAX_BUFFERED_TUPLES` in src/backend/commands/copyfrom.c). The last line shows that with one table. `larger batches` are those with `flushIntervalMs: 5000` and `maxBufferedBytes` of 512 MiB: all rows of a table go into one batch.",
    `![Rows per second by the number of tables](${RATE_PICTURE})`,
    ...rate.lines.map(({ label, points }) => `${label}:\n\n${rateTable(points)}`),
    "### Opening and memory",
    "Tables are opened by name, all at once, and then receive 10 rows each. Memory is by how much the process grows, after a garbage collection, for each table beyond the first one. Heap includes buffers.",
    `![Memory by the number of tables](${MEMORY_PICTURE})`,
    costsTable(costs),
    "### A locked table beside",
    "Time from the arrival of a row to its commit by `group.insert()`, as in the section about latency. Before the time starts, 256 producers send many rows to another table of the group. Undisturbed, all of them are committed by then. Otherwise another session holds an ACCESS EXCLUSIVE lock on that table all the time: its rows fill its share of the buffer, and the producers wait.",
    `![Latency beside a locked table](${LATENCY_PICTURE})`,
    latencyTable(besideLocked),
    "### Names",
    "`sendMany()` of the same rows by a copier, with keys that are the names of the columns, and with camelCase keys. The runs alternate.",
    namesTable(names),
  ].join("\n\n");
}

/** The pictures, by file name. */
export function tablesPictures({
  rate,
  costs,
  besideLocked,
}: TablesFigures): Record<string, string> {
  return {
    [RATE_PICTURE]: drawCurve(rate),
    [MEMORY_PICTURE]: drawCosts(costs),
    [LATENCY_PICTURE]: drawLatency("insert() beside a locked table", besideLocked, "p99"),
  };
}

function rateTable(points: CurveFigures["lines"][number]["points"]): string {
  const rateOf = ({ samples }: Point): number => median(samples.map(rowsPerSecond));
  const ofOne = rateOf(points[0]!);
  const rows = points.map((point) => {
    const perBatch = median(point.samples.map(({ rows: sent, batches = 0 }) => sent / batches));
    return [
      point.x.toLocaleString("en-US"),
      formatFigure(rateOf(point)),
      formatRatio(rateOf(point) / ofOne),
      formatFigure(perBatch),
    ];
  });
  return markdownTable(["tables", "rows/s", "of one table", "rows per batch"], rows);
}

function costsTable(costs: readonly Point[]): string {
  const rows = costs.map(({ x, samples }) => [
    x.toLocaleString("en-US"),
    formatFigure(medianCost(samples, ({ openingMs, tables }) => openingMs / tables)),
    ...COSTS.map(({ bytesOf }) =>
      formatFigure(medianCost(samples, (each) => bytesOf(each) / each.tables / KIBIBYTE)),
    ),
  ]);
  const header = COSTS.map(({ label }) => `${label}, KiB per table`);
  return markdownTable(["tables", "opening, ms per table", ...header], rows);
}

function drawCosts(costs: readonly Point[]): string {
  return drawLines({
    title: "Memory of open tables",
    x: { label: "tables" },
    y: { label: "MiB" },
    dotted: true,
    lines: COSTS.map(({ label, bytesOf }) => ({
      label,
      points: costs.map(({ x, samples }) => ({
        x,
        y: medianCost(samples, (each) => bytesOf(each) / MEBIBYTE),
      })),
    })),
  });
}

function medianCost(samples: Point["samples"], of: (costs: TableCosts) => number): number {
  return median(samples.flatMap(({ tableCosts }) => (tableCosts ? [of(tableCosts)] : [])));
}

function namesTable(names: readonly LabeledSamples[]): string {
  const rows = names.map(({ label, samples }) => {
    const rate = spreadOf(samples.map(rowsPerSecond));
    const cpu = spreadOf(samples.map(({ cpuMicros, rows: sent }) => cpuMicros / sent));
    return [
      label,
      ...[rate, cpu].flatMap(({ median: middle, lowest, highest }) =>
        [middle, lowest, highest].map(formatFigure),
      ),
    ];
  });
  const header = ["rows/s", "CPU µs/row"].flatMap((what) => [what, "lowest", "highest"]);
  return markdownTable(["", ...header], rows);
}

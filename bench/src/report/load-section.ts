import { drawBars } from "./charts/bars.js";
import { formatFigure, formatMebibytes, formatRatio } from "./format.js";
import { rateOf } from "./limit.js";
import { notes } from "./notes.js";
import type { FileFigures, LoadFigure, LoadFigures } from "./results.js";
import { median, rowsPerSecond, spreadOf } from "./statistics.js";
import { markdownTable } from "./table.js";

const COUNT = new Intl.NumberFormat("en-US");
const MEGABYTE = 1e6;

/** Loaders of files side by side. */
export function loadSection({ files, dirty, memory }: LoadFigures): string {
  return [
    "Each loader is a process of its own, as a user starts it. The time runs from its start to its end. All loaders load the same file into the same table, which has no indexes and is emptied before each run; the rounds alternate between loaders. After each run, the server counts the rows and sums a hash of the text of each. Both must match a table that the server read from COPY's text format.",
    [
      "- `batch-copy load` has its usual options. It keeps its position in a ledger, which is new in each run, so that an interrupted load can go on. From stdin there is no position to keep.",
      String.raw`- ${"`psql \\copy`"} reads CSV. With 2 or 4 connections, as many psqls run at once, each with its part of the file. The file is divided beforehand, which is not in the time. It is all or nothing: a wrong line ends it.`,
      String.raw`- NDJSON is not among COPY's formats. psql copies the lines into a temporary table, and inserts them from there by one INSERT … SELECT with ${"`jsonb_populate_record`"}.`,
      "- Parquet is not, either. DuckDB writes it as CSV into the stdin of psql.",
      "- timescaledb-parallel-copy splits CSV into batches of at most 4 MiB. If a line is wrong, it stops, or leaves out the batch.",
      "- pgloader reads CSV with a command file, one thread that reads and one for each connection. It isolates wrong rows.",
      "- `ratio` is the rate divided by that of psql with as many connections. CPU is that of the loader, user and system time, and of all processes of the server, in steps of 10 ms. Peak is the resident size, that of several psqls together; of DuckDB and psql it is the larger one.",
    ].join("\n"),
    ...files.map(fileText),
    ...dirtyText(dirty),
    ...memoryText(memory),
  ].join("\n\n");
}

/** The charts, by file name. */
export function loadPictures({ files }: LoadFigures): Record<string, string> {
  return Object.fromEntries(files.map((file) => [pictureOf(file), drawBars(file)]));
}

/** For a terminal. */
export function loadRatios({ files, dirty, memory }: LoadFigures): string {
  return [
    ...files.flatMap((file) => [`${file.workload}: ${file.description}`, fileTable(file)]),
    ...dirtyText(dirty),
    ...memoryText(memory),
  ].join("\n\n");
}

/** The results, each under the name of its file. */
export function loadResults({
  files,
  dirty,
  memory,
}: LoadFigures): { readonly workload: string; readonly figures: readonly LoadFigure[] }[] {
  return [...files, { workload: "load-dirty", figures: dirty }, ...memory];
}

function fileText(file: FileFigures): string {
  const { workload, description, records, bytes, figures } = file;
  const size = `${COUNT.format(records)} rows, ${COUNT.format(Math.round(bytes / MEGABYTE))} MB`;
  return [
    `### ${workload}`,
    `${description}. ${size}.`,
    ...(figures.some(isMeasured) ? [`![Rows per second of every loader](${pictureOf(file)})`] : []),
    fileTable(file),
    ...notes(
      "Not measured:",
      figures.map(({ label, failure }) => [label, failure]),
    ),
  ].join("\n\n");
}

function fileTable({ figures }: FileFigures): string {
  const header = ["", "rows/s", "ratio", "lowest", "highest", "CPU s", "server CPU s", "peak MiB"];
  return markdownTable(
    header,
    figures.filter(isMeasured).map((figure) => {
      const base = rateOf(baseOf(figure, figures));
      const rate = spreadOf(figure.samples.map(rowsPerSecond));
      return [
        nameOf(figure),
        formatFigure(rate.median),
        base === undefined ? "" : formatRatio(rate.median / base),
        formatFigure(rate.lowest),
        formatFigure(rate.highest),
      ].concat(usageOf(figure));
    }),
  );
}

/** psql with as many connections. */
function baseOf(
  { connections }: LoadFigure,
  figures: readonly LoadFigure[],
): LoadFigure | undefined {
  return figures.find((figure) => figure.group === "limit" && figure.connections === connections);
}

function dirtyText(dirty: readonly LoadFigure[]): string[] {
  const [clean, wrong] = dirty;
  if (clean === undefined || wrong === undefined) return [];
  const base = rateOf(clean);
  const rows = [
    { name: "no wrong line", figure: clean },
    { name: "one in ten", figure: wrong },
  ].flatMap(({ name, figure }) => {
    const rate = rateOf(figure);
    if (rate === undefined) return [];
    const ratio = base === undefined ? "" : formatRatio(rate / base);
    return [[name, formatFigure(rate), ratio, ...usageOf(figure)]];
  });
  return [
    "### Wrong lines",
    `${clean.label}, of ${COUNT.format(clean.rows)} lines of the spot prices. One line in ten is wrong: in turn, it has too few fields, and a text in the place of a number. The wrong lines and their reasons are in two files afterwards, and all others are in the table.`,
    markdownTable(["wrong lines", "lines/s", "ratio", "CPU s", "server CPU s", "peak MiB"], rows),
    ...notes(
      "Not measured:",
      dirty.map(({ label, failure }) => [label, failure]),
    ),
  ];
}

function memoryText(memory: readonly FileFigures[]): string[] {
  if (memory.length === 0) return [];
  const figures = memory.flatMap(({ figures: [figure], bytes }) =>
    figure === undefined ? [] : [{ figure, bytes }],
  );
  const rows = figures
    .filter(({ figure }) => isMeasured(figure))
    .map(({ figure, bytes }) =>
      [
        COUNT.format(Math.round(bytes / MEGABYTE)),
        COUNT.format(figure.rows),
        formatFigure(median(figure.samples.map(({ seconds }) => seconds))),
      ].concat(usageOf(figure)),
    );
  return [
    "### Memory by the size of the file",
    `${figures[0]?.figure.label ?? ""}, of the spot prices, each file once.`,
    markdownTable(["MB", "rows", "seconds", "CPU s", "server CPU s", "peak MiB"], rows),
    ...notes(
      "Not measured:",
      figures.map(({ figure }) => [COUNT.format(figure.rows), figure.failure]),
    ),
  ];
}

/** CPU of both sides, and the peak. */
function usageOf({ samples }: LoadFigure): string[] {
  const server = samples.flatMap(({ serverCpuMicros }) => serverCpuMicros ?? []);
  const peaks = samples.flatMap(({ peakRss }) => peakRss ?? []);
  return [
    formatFigure(median(samples.map(({ cpuMicros }) => cpuMicros)) / 1e6),
    server.length === 0 ? "" : formatFigure(median(server) / 1e6),
    peaks.length === 0 ? "" : formatMebibytes(Math.max(...peaks)),
  ];
}

function isMeasured({ samples }: LoadFigure): boolean {
  return samples.length > 0;
}

function nameOf({ label, group }: LoadFigure): string {
  return group === "ours" ? `**${label}**` : label;
}

function pictureOf({ workload }: FileFigures): string {
  return `${workload}.svg`;
}

import { drawLines } from "./charts/lines.js";
import { formatFigure } from "./format.js";
import { rateOf } from "./limit.js";
import { notes } from "./notes.js";
import type { BatchSize, Figure, UpsertFigures, UpsertLevel } from "./results.js";
import { median, rowsPerSecond, spreadOf } from "./statistics.js";
import { markdownTable } from "./table.js";
import { figureOf, upsertRatios } from "./upsert-ratios.js";

/** CPU time and the spread of the rounds are shown for batches of this size, or the next smaller one. */
const DETAILED_ROWS = 20_000;

const COUNT = new Intl.NumberFormat("en-US");

/** Upserts by batch size, and by how many of the rows are there already. */
export function upsertSection(figures: UpsertFigures): string {
  const { description, stored, levels } = figures;
  return [
    `The table has ${description}. It holds ${COUNT.format(stored)} rows when a run begins, right after VACUUM and a checkpoint. Each row that is sent has a key of its own. Stored keys are hit in no order, and new keys ascend.`,
    "Each batch is a transaction. All clients use one connection, unless their name says otherwise. After each run, the server compares the table with what an INSERT … ON CONFLICT of each row leaves. Server CPU is that of all processes of the server, in steps of 10 ms.",
    "- `onConflict` is batch-copy's fast form, `onConflict, row by row` the form where one statement could have another result: here because of a `where` that is always true. With a CHECK constraint, a batch is checked for duplicates, and merged by one statement if it has none.\n- `COPY without conflicts` is a copier without `onConflict`: an upper bound where all keys are new.\n- `psql` copies each batch from a ready file into a temporary table, and inserts it from there by one INSERT … SELECT … ON CONFLICT. Text files are what loaders of files have: their rows need no encoding. Binary files, which nobody has, show what is possible in this way; they do not take part in `the fastest`.\n- A multi-row INSERT has at most 5000 rows, because a statement has at most 65,535 parameters. Larger batches are several of them in a transaction.",
    upsertRatios(figures),
    ...levels.flatMap(levelSections),
    ...notes("Not measured:", failuresOf(figures)),
  ].join("\n\n");
}

/** The charts, by file name. */
export function upsertPictures({ levels }: UpsertFigures): Record<string, string> {
  return Object.fromEntries(levels.map((level) => [pictureOf(level), drawLevel(level)]));
}

/** The results, each under a name of what is sent. */
export function upsertResults({
  levels,
}: UpsertFigures): { readonly workload: string; readonly figures: readonly Figure[] }[] {
  return levels.flatMap(({ percent, sizes }) =>
    sizes.map(({ batchRows, figures }) => ({
      workload: `upsert, ${percent} % conflicts, batches of ${COUNT.format(batchRows)}`,
      figures,
    })),
  );
}

function levelSections(level: UpsertLevel): string[] {
  const { percent, sizes } = level;
  const detailed = sizes.findLast(({ batchRows }) => batchRows <= DETAILED_ROWS);
  return [
    `### ${percent} % of the rows are there already`,
    `![Rows per second by rows per batch](${pictureOf(level)})`,
    ratesTable(sizes),
    ...(detailed === undefined
      ? []
      : [`With batches of ${COUNT.format(detailed.batchRows)} rows:`, detailsTable(detailed)]),
  ];
}

function ratesTable(sizes: readonly BatchSize[]): string {
  const rateAt = ({ figures }: BatchSize, id: string): string => {
    const rate = rateOf(figureOf(figures, id));
    return rate === undefined ? "" : formatFigure(rate);
  };
  const rows = firstFigures(sizes).map((figure) =>
    [nameOf(figure)].concat(sizes.map((size) => rateAt(size, figure.contender))),
  );
  const header = sizes.map(({ batchRows }) => COUNT.format(batchRows));
  return markdownTable(["rows/s by rows per batch", ...header], rows);
}

function detailsTable({ batchRows, figures }: BatchSize): string {
  const measured = figures.filter(({ samples }) => samples.length > 0);
  return markdownTable(
    [
      "",
      "rows/s",
      "lowest",
      "highest",
      "client CPU µs/row",
      "server CPU µs/row",
      "rows per batch",
      "rows",
    ],
    measured.map((figure) => detailsOf(figure, batchRows)),
  );
}

function detailsOf(figure: Figure, batchRows: number): string[] {
  const { samples, rows } = figure;
  const rate = spreadOf(samples.map(rowsPerSecond));
  const client = samples.map(({ cpuMicros }) => cpuMicros / rows);
  const server = samples.flatMap(({ serverCpuMicros }) =>
    serverCpuMicros === undefined ? [] : serverCpuMicros / rows,
  );
  const perBatch = samples.map(({ batches }) =>
    batches === undefined ? batchRows : rows / batches,
  );
  return [
    nameOf(figure),
    formatFigure(rate.median),
    formatFigure(rate.lowest),
    formatFigure(rate.highest),
    formatFigure(median(client)),
    server.length === 0 ? "" : formatFigure(median(server)),
    formatFigure(median(perBatch)),
    formatFigure(rows),
  ];
}

function drawLevel({ percent, sizes }: UpsertLevel): string {
  return drawLines({
    title: `Upsert, ${percent} % of the rows are there already`,
    x: { label: "rows per batch", type: "log", tickFormat: "~s" },
    y: { label: "rows/s", tickFormat: "~s" },
    dotted: true,
    lines: firstFigures(sizes).map(({ contender, label }) => ({
      label,
      points: sizes.flatMap(({ batchRows, figures }) => {
        const rate = rateOf(figureOf(figures, contender));
        return rate === undefined ? [] : [{ x: batchRows, y: rate }];
      }),
    })),
  });
}

/** Each reason once, although it may have been met with several batch sizes. */
function failuresOf(figures: UpsertFigures): [label: string, failure: string | undefined][] {
  const all = upsertResults(figures).flatMap((result) => result.figures);
  const failures = new Map(
    all.map(({ label, failure }) => [`${label}: ${failure}`, { label, failure }]),
  );
  return [...failures.values()].map(({ label, failure }) => [label, failure]);
}

/** The same contenders take part with all batch sizes. */
function firstFigures(sizes: readonly BatchSize[]): readonly Figure[] {
  return sizes[0]?.figures ?? [];
}

function nameOf({ label, group }: Figure): string {
  return group === "ours" ? `**${label}**` : label;
}

function pictureOf({ percent }: UpsertLevel): string {
  return `upsert-${percent}.svg`;
}

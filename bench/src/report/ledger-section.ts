import { drawLines } from "./charts/lines.js";
import { comparedTable, type Measure } from "./compared.js";
import { formatFigure } from "./format.js";
import { drawOldSnapshot, oldSnapshotText } from "./old-snapshot-text.js";
import type { CurveFigures, LedgerFigures, LoneFigures, RateFigures } from "./results.js";
import { median, rowsPerSecond } from "./statistics.js";
import { markdownTable } from "./table.js";

const TRANSACTIONS_PICTURE = "ledger-sources-transactions.svg";
const SNAPSHOT_PICTURE = "ledger-old-snapshot.svg";

const COUNT = new Intl.NumberFormat("en-US");

const P50: Measure = { name: "p50 ms", of: ({ latencyMs }) => latencyMs?.p50 ?? Number.NaN };
const P99: Measure = { name: "p99 ms", of: ({ latencyMs }) => latencyMs?.p99 ?? Number.NaN };
const RATE: Measure = { name: "rows/s", of: rowsPerSecond };
const PER_BATCH: Measure = {
  name: "rows per batch",
  of: ({ rows, batches = Number.NaN }) => rows / batches,
};

/** What the ledger costs. */
export function ledgerSection({ lone, rates, sources, oldSnapshot }: LedgerFigures): string {
  return [
    "A copier with `ledger: true`, or a source of one, moves a row of the ledger in each transaction. The server compares the tables with what was sent, as everywhere, and the positions of sources as well. `ratio` compares a line with its counterpart in the same round; the table shows the median of the rounds, the lowest and the highest.",
    "### A row a transaction",
    "One caller over one connection waits for each row's commit. pg's INSERT goes over a client without a pool. The first calls are not counted. The line “by hand” says what `insert()` says to the server, with nothing around it. The ratio is that of p50 to the prepared INSERT.",
    ...lone.flatMap(loneText),
    "### Rows per second",
    "The same rows with a ledger and without one. A source is compared with a copier without a ledger that has as many connections, two unless the line says otherwise, and one caller as well. `sendMany()` gets a thousand rows a call, and that of a source as many as fit into a batch.",
    ...rates.flatMap(rateText),
    "### Many sources",
    `A ledger that holds ${COUNT.format(sources.held)} sources of others, beside an empty one. The ratio is that of p50 for \`insert()\`, and of rows per second for \`sendMany()\`.`,
    comparedTable(sources.besideInsert, [P50, P99]),
    comparedTable(sources.besideSendMany, [RATE, PER_BATCH]),
    "Many sources of one copier send the same rows in turn, one caller for all. They share batches, so a transaction moves as many rows of the ledger.",
    countsTable(sources.rate, RATE),
    "Transactions of a row from each source, from the first row to the commit, and of as many rows without a ledger. The difference is what moving the positions takes.",
    `![Milliseconds per transaction by sources](${TRANSACTIONS_PICTURE})`,
    countsTable(sources.oneOfEach, P50),
    "### An old snapshot elsewhere",
    ...oldSnapshotText(oldSnapshot, SNAPSHOT_PICTURE),
  ].join("\n\n");
}

/** The charts, by file name. */
export function ledgerPictures({ sources, oldSnapshot }: LedgerFigures): Record<string, string> {
  return {
    [TRANSACTIONS_PICTURE]: drawTransactions(sources.oneOfEach),
    [SNAPSHOT_PICTURE]: drawOldSnapshot(oldSnapshot),
  };
}

/** For a terminal: what the ledger is measured by. */
export function ledgerRatios({ lone, rates }: LedgerFigures): string {
  return [...lone.flatMap(loneText), ...rates.flatMap(rateText)].join("\n\n");
}

function loneText({ way, selectMs, lines }: LoneFigures): string[] {
  return [
    `Over ${way}, where a prepared SELECT takes ${formatFigure(selectMs)} ms:`,
    comparedTable(lines, [P50, P99]),
  ];
}

function rateText({ maxBatchRows, lines }: RateFigures): string[] {
  const batches =
    maxBatchRows === undefined ? "Default batches" : `\`maxBatchRows: ${maxBatchRows}\``;
  return [`${batches}:`, comparedTable(lines, [RATE, PER_BATCH])];
}

/** A row for each number of sources, and a column for each line. */
function countsTable({ xLabel, lines }: CurveFigures, { name, of }: Measure): string {
  const rows = lines[0]!.points.map(({ x }, index) =>
    [COUNT.format(x)].concat(
      lines.map(({ points }) => formatFigure(median(points[index]!.samples.map(of)))),
    ),
  );
  return markdownTable([xLabel, ...lines.map(({ label }) => `${label}, ${name}`)], rows);
}

function drawTransactions({ title, xLabel, xScale, lines }: CurveFigures): string {
  return drawLines({
    title,
    x: { label: xLabel, type: xScale, tickFormat: "~s" },
    y: { label: P50.name, type: "log", tickFormat: "~g", zero: false },
    dotted: true,
    lines: lines.map(({ label, points }) => ({
      label,
      points: points.map(({ x, samples }) => ({ x, y: median(samples.map(P50.of)) })),
    })),
  });
}

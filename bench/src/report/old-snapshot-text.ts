import { drawLines } from "./charts/lines.js";
import { formatFigure } from "./format.js";
import type { SnapshotFigures } from "./results.js";
import { median } from "./statistics.js";
import { markdownTable } from "./table.js";

/** Which parts of the transactions the table shows: the first, a fifth of the way, and the last. */
const SHOWN = [0.04, 0.2, 1];

const COUNT = new Intl.NumberFormat("en-US");

/** A row a transaction, while another session holds an old snapshot. */
export function oldSnapshotText(
  { transactions, lines }: SnapshotFigures,
  picture: string,
): string[] {
  const rows = lines.map((line) => {
    const course = courseOf(line);
    const shown = SHOWN.map((share) => course[Math.round(share * course.length) - 1]!);
    return [line.label, ...shown.map(formatFigure)];
  });
  const header = SHOWN.map((share) => COUNT.format(Math.round(share * transactions)));
  return [
    `One caller over one connection commits ${COUNT.format(transactions)} transactions of a row: by \`insert()\`, or by \`send()\` and \`flush()\` of a source. Unless a line says otherwise, another session holds a snapshot that is older than all of them, as a long report or a forgotten transaction does. The server must then keep each old version of the ledger's row, and each commit reads past them. A source keeps its row; a copier without sources takes a new one every 10,000 transactions.`,
    `![Milliseconds per transaction by transactions](${picture})`,
    `The p50, in milliseconds, of the ${COUNT.format(Math.round(SHOWN[0]! * transactions))} transactions up to each number:`,
    markdownTable(["", ...header], rows),
  ];
}

export function drawOldSnapshot({ transactions, lines }: SnapshotFigures): string {
  return drawLines({
    title: "A row a transaction, with an old snapshot elsewhere",
    x: { label: "transactions", tickFormat: "~s" },
    y: { label: "p50 ms" },
    dotted: false,
    lines: lines.map((line) => ({
      label: line.label,
      points: courseOf(line).map((y, part, { length }) => ({
        x: ((part + 1) * transactions) / length,
        y,
      })),
    })),
  });
}

/** The p50 of each part of a line: the median of the rounds. */
function courseOf({ samples }: SnapshotFigures["lines"][number]): number[] {
  const courses = samples.map(({ courseMs = [] }) => courseMs);
  return courses[0]!.map((_, part) => median(courses.map((course) => course[part]!)));
}

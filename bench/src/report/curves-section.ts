import { drawLines } from "./charts/lines.js";
import { formatFigure } from "./format.js";
import type { CurveFigures, Point } from "./results.js";
import { median, rowsPerSecond } from "./statistics.js";
import { markdownTable } from "./table.js";

/** One curve: its picture, and below it the figures. */
export function curveSection(curve: CurveFigures, picture: string): string {
  const { title, xLabel, lines } = curve;
  const xs = lines[0]?.points.map(({ x }) => x) ?? [];
  const rows = xs.map((x, index) =>
    [x.toLocaleString("en-US")].concat(lines.map(({ points }) => rateAt(points[index]))),
  );
  return [
    `### ${title}`,
    `![Rows per second by ${xLabel}](${picture})`,
    markdownTable([xLabel, ...lines.map(({ label }) => `${label}, rows/s`)], rows),
  ].join("\n\n");
}

export function drawCurve({ title, xLabel, xScale, lines }: CurveFigures): string {
  return drawLines({
    title,
    x: { label: xLabel, type: xScale, ...(xScale === "log" && { tickFormat: "~s" }) },
    y: { label: "rows/s", tickFormat: "~s" },
    dotted: true,
    lines: lines.map(({ label, points }) => ({
      label,
      points: points.map(({ x, samples }) => ({ x, y: median(samples.map(rowsPerSecond)) })),
    })),
  });
}

function rateAt(point: Point | undefined): string {
  return point === undefined ? "" : formatFigure(median(point.samples.map(rowsPerSecond)));
}

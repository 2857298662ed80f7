import type { Watched } from "../run/sample.js";
import { drawLines } from "./charts/lines.js";
import { formatFigure, formatMebibytes } from "./format.js";
import type { MemoryFigures, MemoryLine } from "./results.js";
import { markdownTable } from "./table.js";

const MEBIBYTE = 2 ** 20;
const SHARES = [0.04, 0.1, 0.2, 0.4, 1];

const SENDING_PICTURE = "memory-sending.svg";
const STALLED_PICTURE = "memory-stalled.svg";

/** The resident size while rows are sent, and while the server accepts none. */
export function memorySection({ sending, stalled, stallSeconds }: MemoryFigures): string {
  const total = Math.max(...sending.flatMap(({ watched }) => watched.map(({ rows }) => rows)));
  const rows = SHARES.map((share) =>
    [formatFigure(total * share)].concat(
      sending.map(({ watched }) => formatMebibytes(peakUpTo(watched, total * share))),
    ),
  );
  const stalledPeaks = stalled.map(
    ({ label, watched }) => `${label} ${formatMebibytes(peakOf(watched))} MiB`,
  );
  return [
    "Resident size of the whole process, Node.js included.",
    `![Resident size by rows sent](${SENDING_PICTURE})`,
    markdownTable(["rows sent", ...sending.map(({ label }) => `${label}, peak MiB so far`)], rows),
    `The table is locked for the first ${stallSeconds} s, so that the server accepts no rows; then it goes on. Peaks: ${stalledPeaks.join(", ")}.`,
    `![Resident size while the server is stalled](${STALLED_PICTURE})`,
  ].join("\n\n");
}

/** The pictures, by file name. */
export function memoryPictures({
  sending,
  stalled,
  stallSeconds,
}: MemoryFigures): Record<string, string> {
  const whileStalled = `Memory while the server is stalled for ${stallSeconds} s`;
  return {
    [SENDING_PICTURE]: drawMemory(
      "Memory while rows are sent",
      "rows sent",
      sending,
      ({ rows }) => rows,
    ),
    [STALLED_PICTURE]: drawMemory(whileStalled, "seconds", stalled, ({ seconds }) => seconds),
  };
}

/** A chart of the resident size. */
export function drawMemory(
  title: string,
  xLabel: string,
  lines: readonly MemoryLine[],
  xOf: (watched: Watched) => number,
): string {
  return drawLines({
    title,
    x: { label: xLabel, tickFormat: "~s" },
    y: { label: "resident MiB" },
    dotted: false,
    lines: lines.map(({ label, watched }) => ({
      label,
      points: watched.map((each) => ({ x: xOf(each), y: each.rss / MEBIBYTE })),
    })),
  });
}

/** The largest resident size. */
export function peakOf(watched: readonly Watched[]): number {
  return peakUpTo(watched, Infinity);
}

function peakUpTo(watched: readonly Watched[], rows: number): number {
  return Math.max(...watched.filter((each) => each.rows <= rows).map(({ rss }) => rss));
}

import type { LoadProgress } from "../load/load-output.js";
import {
  bytesText,
  clockText,
  countText,
  durationText,
  harmless,
  rowsText,
  shortCount,
} from "./human-text.js";
import type { Speed } from "./speed-meter.js";

const MOST_BAR = 24;
const LEAST_BAR = 8;

/**
 * The progress in one line of a terminal: `[=====>    ]  45%  120 MB  1.23M rows  410k/s  3 rejected  1:05 left`.
 * What finds no room is left out, the most important last.
 *
 * @param width the largest number of characters
 */
export function progressBar(
  progress: LoadProgress,
  speed: Speed | undefined,
  width: number,
): string {
  const share = shareOf(progress);
  const left = secondsLeft(progress, speed);
  // In the order of the line, with the order in which they are left out.
  const parts: { text: string | undefined; rank: number }[] = [
    { text: fileNumber(progress), rank: 3 },
    { text: share === undefined ? undefined : `${Math.floor(share * 100)}%`.padStart(4), rank: 0 },
    { text: bytesText(progress.bytesRead), rank: 4 },
    { text: `${shortCount(progress.rows)} rows`, rank: 0 },
    { text: speed && `${shortCount(speed.rows)}/s`, rank: 1 },
    {
      text: progress.rejects > 0 ? `${shortCount(progress.rejects)} rejected` : undefined,
      rank: 1,
    },
    { text: left === undefined ? undefined : `${clockText(left)} left`, rank: 2 },
  ];
  for (let most = 4; ; most--) {
    const texts = parts.flatMap(({ text, rank }) =>
      text === undefined || rank > most ? [] : [text],
    );
    const line = texts.join("  ");
    if (line.length <= width || most === 0) {
      const room = Math.min(MOST_BAR, width - line.length - BAR_FRAME);
      const bar = share !== undefined && room >= LEAST_BAR ? `${barOf(share, room)}  ` : "";
      return (bar + line).slice(0, width);
    }
  }
}

/** The brackets of a bar, and the space behind. */
const BAR_FRAME = 4;

function barOf(share: number, width: number): string {
  const done = Math.floor(share * width);
  const bar = done >= width ? "=".repeat(width) : `${"=".repeat(done)}>`.padEnd(width);
  return `[${bar}]`;
}

/** The progress in words: `prices.csv: 45% (120 MB of 266 MB), 1,234,567 rows, 410,000 rows/s, 65 s left`. */
export function progressText(progress: LoadProgress, speed: Speed | undefined): string {
  const { bytesRead, bytesTotal, file, rejects, rows } = progress;
  const share = shareOf(progress);
  const left = secondsLeft(progress, speed);
  const number = fileNumber(progress);
  const read =
    share === undefined
      ? bytesText(bytesRead)
      : `${Math.floor(share * 100)}% (${bytesText(bytesRead)} of ${bytesText(bytesTotal!)})`;
  const facts = [
    read,
    rowsText(rows),
    speed && `${countText(speed.rows)} rows/s`,
    rejects > 0 ? `${countText(rejects)} rejected` : undefined,
    left === undefined ? undefined : `${durationText(left)} left`,
  ];
  const name = number === undefined ? harmless(file) : `${harmless(file)} (${number})`;
  return `${name}: ${facts.filter((fact) => fact !== undefined).join(", ")}`;
}

function fileNumber({ fileNumber: number, files }: LoadProgress): string | undefined {
  return files > 1 ? `file ${number}/${files}` : undefined;
}

/** A file may grow while it is read. */
function shareOf({ bytesRead, bytesTotal }: LoadProgress): number | undefined {
  return bytesTotal === undefined || bytesTotal === 0
    ? undefined
    : Math.min(1, bytesRead / bytesTotal);
}

function secondsLeft(
  { bytesRead, bytesTotal }: LoadProgress,
  speed: Speed | undefined,
): number | undefined {
  return bytesTotal === undefined || speed === undefined || speed.bytes <= 0
    ? undefined
    : Math.max(0, bytesTotal - bytesRead) / speed.bytes;
}

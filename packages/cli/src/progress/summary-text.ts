import type { LoadSummary } from "../load/load-output.js";
import type { Reject } from "../load/rejects.js";
import { reasonsPath } from "../rejects/reject-files.js";
import { bytesText, countText, durationText, harmless, rowsText } from "./human-text.js";

/** What a load has done, in lines. */
export function summaryLines(summary: LoadSummary): string[] {
  const { rowsIgnored, rowsUpdated } = summary;
  return [
    doneLine(summary),
    ...(rowsUpdated > 0 ? [`${updated(rowsUpdated)}.`] : []),
    ...(rowsIgnored > 0 ? [`${ignored(rowsIgnored)}, because the key is in the table.`] : []),
    ...troubleLines(summary),
  ];
}

/** What `--quiet` does not hide: rejects, and why the load stopped. */
export function troubleLines(summary: LoadSummary): string[] {
  return [...rejectLines(summary), ...stopLines(summary)];
}

function doneLine({ bytes, files, isDryRun, rows, seconds, table }: LoadSummary): string {
  const from = files > 1 ? ` from ${countText(files)} files` : "";
  const did = isDryRun
    ? `Checked ${rowsText(rows)}${from} for ${table}, and wrote nothing,`
    : `Loaded ${rowsText(rows)}${from} into ${table}`;
  const speed =
    seconds > 0 && rows > 0
      ? ` (${countText(rows / seconds)} rows/s, ${bytesText(bytes / seconds)}/s)`
      : "";
  return `${did} in ${durationText(seconds)}${speed}.`;
}

function updated(count: number): string {
  return count === 1 ? "1 of them updated a row" : `${countText(count)} of them updated rows`;
}

function ignored(count: number): string {
  return `${rowsText(count)} ${count === 1 ? "was" : "were"} ignored`;
}

function rejectLines(summary: LoadSummary): string[] {
  const { hasEarlierRejects, rejects, rejectsFile, shownRejects } = summary;
  if (rejects === 0) {
    return hasEarlierRejects ? [`${rejectsFile} has rows that were rejected earlier.`] : [];
  }
  const rejected = `${rowsText(rejects)} ${rejects === 1 ? "was" : "were"} rejected`;
  if (rejectsFile !== undefined) {
    return [`${rejected}: see ${rejectsFile}, and ${reasonsPath(rejectsFile)} for the reasons.`];
  }
  const first = rejects > shownRejects.length ? "The first ones:" : "";
  return [
    `${rejected}. ${first}`.trimEnd(),
    ...shownRejects.map((reject) => `  ${rejectText(reject)}`),
    "Use --rejects <file> to keep rejected rows.",
  ];
}

/** Such as `prices.csv, line 12, column price: …`. */
function rejectText({ column, file, line, message }: Reject): string {
  const place = column === undefined ? "" : `, column ${column}`;
  return harmless(`${file}, line ${countText(line)}${place}: ${message}`);
}

function stopLines({ canResume, isDryRun, stopReason }: LoadSummary): string[] {
  if (stopReason === undefined) {
    return [];
  }
  const next = canResume
    ? "Run the same command with --resume, and without --again and --truncate, to go on from there."
    : isDryRun
      ? ""
      : "This load cannot be resumed.";
  return [
    `Stopped before the end: ${harmless(stopReason).replace(/\.$/, "")}.`,
    ...(next === "" ? [] : [next]),
  ];
}

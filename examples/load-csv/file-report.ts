import { formatNumber } from "../support/numbers.js";

const SHOWN_BAD_LINES = 5;

/** The outcome of the lines of a file. */
export class FileReport {
  readonly path: string;
  good = 0;
  bad = 0;
  /** The first ones, as they were found. */
  readonly firstBad: { line: number; reason: string }[] = [];

  constructor(path: string) {
    this.path = path;
  }

  addBad(line: number, reason: string): void {
    this.bad++;
    if (this.firstBad.length < SHOWN_BAD_LINES) {
      this.firstBad.push({ line, reason });
    }
  }
}

/** Prints the counts of each file, and the first bad lines of all. */
export function printReports(reports: readonly FileReport[]): void {
  for (const { path, good, bad } of reports) {
    console.log(`${path}: ${formatNumber(good)} rows, ${formatNumber(bad)} bad lines`);
  }
  const shown = reports.flatMap(describeBad).slice(0, SHOWN_BAD_LINES);
  const more = sum(reports, "bad") - shown.length;
  if (shown.length > 0) console.log("Bad lines:");
  for (const line of shown) {
    console.log(`  ${line}`);
  }
  if (more > 0) console.log(`  and ${formatNumber(more)} more`);
}

function describeBad({ path, firstBad }: FileReport): string[] {
  const inOrder = firstBad.toSorted((a, b) => a.line - b.line);
  return inOrder.map(({ line, reason }) => `${path}:${line}: ${reason}`);
}

/** Lines of all files. */
export function sum(reports: readonly FileReport[], kind: "good" | "bad"): number {
  return reports.reduce((total, report) => total + report[kind], 0);
}

import { printable } from "./printable.js";

/** A column of a table of text. */
export interface TextColumn {
  readonly title: string;
  /** Numbers are aligned to the right. */
  readonly isNumber?: boolean;
}

const GAP = "  ";
/** A column is cut only down to this width. */
const LEAST_WIDTH = 12;

/**
 * A table with aligned columns and a line of titles.
 *
 * @param rows a text for each column
 * @param width how many characters fit into a line: the widest columns are cut. Undefined: no limit.
 * @returns the lines
 */
export function textTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): string[] {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => row.map(printable))];
  const widest = columns.map((_, index) => Math.max(...cells.map((row) => lengthOf(row[index]!))));
  const widths = width === undefined ? widest : fit(widest, width);
  return cells.map((row) => {
    const parts = row.map((text, index) => {
      return align(cut(text, widths[index]!), widths[index]!, columns[index]!.isNumber ?? false);
    });
    return parts.join(GAP).trimEnd();
  });
}

/** Cuts the widest column, until all fit or none can be cut. */
function fit(widest: readonly number[], width: number): number[] {
  const widths = [...widest];
  const gaps = GAP.length * (widths.length - 1);
  let excess = widths.reduce((sum, one) => sum + one, gaps) - width;
  while (excess > 0) {
    const most = Math.max(...widths);
    if (most <= LEAST_WIDTH) {
      break;
    }
    widths[widths.indexOf(most)] = most - 1;
    excess--;
  }
  return widths;
}

/** The end of a path says more than its beginning, and so does that of a message: both ends are kept. */
function cut(text: string, width: number): string {
  const characters = charactersOf(text);
  if (characters.length <= width) {
    return text;
  }
  const head = Math.floor((width - 1) / 2);
  const tail = width - 1 - head;
  return `${characters.slice(0, head).join("")}…${characters.slice(-tail).join("")}`;
}

function align(text: string, width: number, isRight: boolean): string {
  const padding = " ".repeat(width - lengthOf(text));
  return isRight ? padding + text : text + padding;
}

function lengthOf(text: string): number {
  return charactersOf(text).length;
}

const segmenter = new Intl.Segmenter();

/** Characters as people count them: letters with their accents. */
function charactersOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

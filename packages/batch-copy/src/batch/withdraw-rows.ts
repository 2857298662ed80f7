import type { Batch } from "./batch.js";
import { endOfTuple } from "./end-of-tuple.js";
import { Page } from "./page.js";

/**
 * Takes rows out of a closed batch.
 *
 * @param rows their numbers; nobody waits for them by `insert()`
 * @returns the pages that nothing is left in
 */
export function withdrawRows(batch: Batch, rows: ReadonlySet<number>): readonly Page[] {
  let first = 0;
  for (const page of batch.pages) {
    const bytes = page.tuples.length;
    first += withdrawFrom(page, first, rows);
    batch.bytes -= bytes - page.tuples.length;
  }
  batch.rows -= rows.size;
  batch.inserts.passOver(rows);
  const emptied = batch.pages.filter((page) => page.isEmpty);
  batch.pages = batch.pages.filter((page) => !page.isEmpty);
  return emptied;
}

/** Moves the other rows of a page up; returns how many rows it had. */
function withdrawFrom(page: Page, first: number, rows: ReadonlySet<number>): number {
  const { tuples } = page;
  let row = first;
  let kept = 0;
  for (let start = 0; start < tuples.length; row++) {
    const end = endOfTuple(tuples, start);
    if (!rows.has(row)) {
      kept += tuples.copy(tuples, kept, start, end);
    }
    start = end;
  }
  page.seal(Page.headerBytes + kept);
  return row - first;
}

import type { Committed } from "./segment.js";

/** How many times in `retainMs` it is noted what is committed. */
const MARKS = 16;

/** What was committed at some time, and has been since. */
interface Mark {
  readonly at: number;
  readonly rows: Map<number, number>;
}

/** Knows which rows have been committed for `retainMs`. */
export class SettledRows {
  readonly #retainMs: number;
  /** The oldest first. */
  #marks: Mark[] = [];

  constructor(retainMs: number) {
    this.#retainMs = retainMs;
  }

  /** Notes what is committed. A server that has forgotten commits begins their time again. */
  note(tables: Iterable<number>, committed: Committed, at: number): void {
    for (const { rows } of this.#marks) {
      for (const [table, row] of rows) {
        rows.set(table, Math.min(row, committed(table)));
      }
    }
    this.#marks.splice(0, this.#placeBefore(at));
    const last = this.#marks.at(-1);
    if (last === undefined || at - last.at >= this.#retainMs / MARKS) {
      this.#marks.push({
        at,
        rows: new Map(Array.from(tables, (table) => [table, committed(table)])),
      });
    }
  }

  /** The rows of a table that had been committed for `retainMs` at that time: those below the number. */
  before(at: number): Committed {
    const rows = this.#marks[this.#placeBefore(at)]?.rows;
    return (table) => rows?.get(table) ?? 0;
  }

  /** The place of the newest mark that is old enough; -1 if there is none. */
  #placeBefore(at: number): number {
    return this.#marks.findLastIndex((mark) => at - mark.at >= this.#retainMs);
  }
}

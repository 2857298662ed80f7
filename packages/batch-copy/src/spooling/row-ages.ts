/** How long a mark stands for rows that come after it, in milliseconds. */
const MARK_MS = 1000;

/** Knows since when rows with ascending numbers have been there, to the second. */
export class RowAges {
  /** The number of the first row since then; the oldest first. */
  #marks: { readonly row: number; readonly at: number }[] = [];

  /**
   * Notes that rows from this number on are there.
   *
   * @param gone the number of the first row that is still there
   */
  note(row: number, now: number, gone: number): void {
    this.since(gone);
    const last = this.#marks.at(-1);
    if (last === undefined || now - last.at >= MARK_MS) {
      this.#marks.push({ row, at: now });
    }
  }

  /** Since when the oldest row has been there of those from this number on. */
  since(row: number): number | undefined {
    const later = this.#marks.findIndex((mark) => mark.row > row);
    this.#marks.splice(0, later === -1 ? this.#marks.length - 1 : later - 1);
    return this.#marks[0]?.at;
  }

  /** Forgets all rows. */
  clear(): void {
    this.#marks = [];
  }
}

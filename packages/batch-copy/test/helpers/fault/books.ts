import { BooksReport, type FoundRow } from "./books-report.js";
import type { Fate } from "./fate.js";

/** By their codes in the book. */
const FATES: readonly Fate[] = [
  "issued",
  "declined",
  "accepted",
  "confirmed",
  "refused",
  "undelivered",
  "inDoubt",
];

/** Fates that end what there is to tell. */
const FINAL: ReadonlySet<Fate> = new Set<Fate>([
  "declined",
  "confirmed",
  "refused",
  "undelivered",
  "inDoubt",
]);

/**
 * Keeps book of every row by its number: what its sender was told, and, in the end, what the table
 * holds. It compares the two.
 */
export class Books {
  #fates = new Uint8Array(1024);
  #size = 0;
  /** Rows that were accepted and not confirmed, in groups that flushes confirm. */
  #accepted: number[] = [];
  #groups = new Set<readonly number[]>();
  /** Rows that were told two things that exclude each other. */
  readonly #contradicted = new Set<number>();

  /** How many rows were issued. */
  get size(): number {
    return this.#size;
  }

  /** Opens the account of a new row, and returns its number. */
  issue(): number {
    if (this.#size === this.#fates.length) {
      const larger = new Uint8Array(this.#size * 2);
      larger.set(this.#fates);
      this.#fates = larger;
    }
    return this.#size++;
  }

  fateOf(id: number): Fate {
    return FATES[this.#fates[id]!]!;
  }

  /** The rows that have met the fate so far. */
  idsOf(fate: Fate): Set<number> {
    const ids = new Set<number>();
    for (let id = 0; id < this.#size; id++) {
      if (this.fateOf(id) === fate) {
        ids.add(id);
      }
    }
    return ids;
  }

  /** Its sender was told that the row is in the buffer; a later fate may have overtaken that. */
  accept(id: number): void {
    if (this.fateOf(id) === "issued") {
      this.#set(id, "accepted");
      this.#accepted.push(id);
    } else if (this.fateOf(id) === "declined") {
      this.#contradicted.add(id);
    }
  }

  /** Somebody was told how the row ended. To be told the same again is a contradiction too. */
  end(id: number, fate: Exclude<Fate, "issued" | "accepted">): void {
    if (id >= this.#size) {
      throw new Error(`row ${id} was told of and never issued`);
    }
    if (FINAL.has(this.fateOf(id))) {
      this.#contradicted.add(id);
    } else {
      this.#set(id, fate);
    }
  }

  /**
   * A flush begins now.
   *
   * @returns what to call when it resolves: all that was accepted before is committed, but for what
   * was handed back
   */
  beginFlush(): () => void {
    this.#groups.add(this.#accepted);
    this.#accepted = [];
    const covered = [...this.#groups];
    return () => covered.forEach((group) => this.#confirm(group));
  }

  /** Compares with all rows of the table, in any order. */
  async compare(
    found: AsyncIterable<readonly FoundRow[]> | Iterable<readonly FoundRow[]>,
  ): Promise<BooksReport> {
    const report = new BooksReport(this.#size, (id) => this.fateOf(id), this.#contradicted);
    for await (const rows of found) {
      report.note(rows);
    }
    report.close();
    return report;
  }

  #set(id: number, fate: Fate): void {
    this.#fates[id] = FATES.indexOf(fate);
  }

  #confirm(group: readonly number[]): void {
    if (this.#groups.delete(group)) {
      for (const id of group) {
        if (this.fateOf(id) === "accepted") {
          this.#set(id, "confirmed");
        }
      }
    }
  }
}

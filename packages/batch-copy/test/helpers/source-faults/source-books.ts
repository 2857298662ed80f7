import type { FoundRow } from "../fault/books-report.js";
import { isFlawed, positionOf, ROWS_PER_UNIT, SPAN, unitAt } from "./unit.js";

/** What a reader was told, in the order in which it was. */
export type Entry =
  /** Its source was opened, and this is committed. */
  | { readonly what: "opened" | "flushed"; readonly position: number }
  /** `onReject` was called for a row. */
  | { readonly what: "refused"; readonly id: number }
  /** The source has ended with an error. */
  | { readonly what: "lost"; readonly code: string };

/** Where the rows of a source are in the end. */
export interface Found {
  /** The position behind the last unit that was read. */
  readonly end: number;
  /** Of all sources, as are the letters. */
  readonly rows: readonly FoundRow[];
  /** The numbers of the rows that became letters. @default none */
  readonly letters?: readonly number[];
}

/** What is expected of a source. */
export interface SourceBooksOptions {
  /** Its first position, a multiple of SPAN. @default 0 */
  readonly start?: number;
  /** Whether the table refuses rows with a flaw. */
  readonly refuses: boolean;
  /** Whether refused rows become letters, and are not told. @default false */
  readonly hasLetters?: boolean;
  /** Whether the server may forget what it has committed. @default false */
  readonly mayRewind?: boolean;
}

const PROBLEMS = [
  "lost",
  "doubled",
  "spurious",
  "damaged",
  "falsely refused",
  "refused and not told",
  "letter missing",
  "letter doubled",
  "letter spurious",
  "rewound",
] as const;

type Problem = (typeof PROBLEMS)[number];

const SHOWN = 5;

/** Keeps book of what the readers of one source were told, and compares it with the tables. */
export class SourceBooks {
  readonly #refuses: boolean;
  readonly #hasLetters: boolean;
  readonly #mayRewind: boolean;
  readonly #told = new Set<number>();
  readonly #problems = new Map<Problem, Set<number>>();
  /** All refused rows before it are known to be told. */
  #audited: number;
  /** The first position that nobody was told to be committed; of two processes, one may tell late. */
  #committed: number;
  readonly #start: number;
  readonly counts = { opened: 0, rejections: 0, fenced: 0, rewound: 0 };

  constructor({ start = 0, refuses, hasLetters = false, mayRewind = false }: SourceBooksOptions) {
    this.#start = start;
    this.#audited = start;
    this.#committed = start;
    this.#refuses = refuses;
    this.#hasLetters = hasLetters;
    this.#mayRewind = mayRewind;
  }

  /** Up to which position it is known that refused rows were told. */
  get audited(): number {
    return this.#audited;
  }

  enter(entry: Entry): void {
    switch (entry.what) {
      case "opened":
        this.counts.opened++;
        this.#addIf(
          entry.position < this.#committed && !this.#mayRewind,
          "rewound",
          entry.position,
        );
        this.#note(entry.position);
        break;
      case "flushed":
        this.#note(entry.position);
        break;
      case "refused":
        this.counts.rejections++;
        this.#told.add(entry.id);
        break;
      case "lost":
        this.counts.fenced += entry.code === "FENCED" ? 1 : 0;
        this.counts.rewound += entry.code === "REWOUND" ? 1 : 0;
        break;
    }
  }

  /** What is wrong, in sentences. */
  problems({ end, rows, letters = [] }: Found): string[] {
    this.#note(end);
    const isOwn = (id: number): boolean => {
      return id >= this.#start * ROWS_PER_UNIT && id < (this.#start + SPAN) * ROWS_PER_UNIT;
    };
    const copies = this.#count(
      rows.filter(({ id }) => isOwn(id)),
      end,
    );
    const letterCopies = countEach(letters.filter(isOwn));
    for (const [id, count] of letterCopies) {
      this.#addIf(count > 1, "letter doubled", id);
      this.#addIf(!this.#isRefused(id) || positionOf(id) >= end, "letter spurious", id);
    }
    for (let position = this.#start; position < end; position++) {
      const unit = unitAt(position);
      const isRefused = this.#refuses && isFlawed(unit);
      for (const row of unit ?? []) {
        const id = Number(row.id);
        this.#addIf(!isRefused && !copies.has(id), "lost", id);
        this.#addIf(!isRefused && this.#told.has(id), "falsely refused", id);
        this.#addIf(isRefused && this.#hasLetters && !letterCopies.has(id), "letter missing", id);
      }
    }
    return this.#sentences();
  }

  #count(rows: readonly FoundRow[], end: number): Map<number, number> {
    for (const { id, isIntact } of rows) {
      this.#addIf(!isIntact, "damaged", id);
    }
    const copies = countEach(rows.map(({ id }) => id));
    for (const [id, count] of copies) {
      const isIssued = unitAt(positionOf(id))?.some((row) => Number(row.id) === id) ?? false;
      this.#addIf(count > 1, "doubled", id);
      this.#addIf(!isIssued || this.#isRefused(id) || positionOf(id) >= end, "spurious", id);
    }
    return copies;
  }

  /** Whoever hears of a position has heard of the refused rows before it. */
  #note(position: number): void {
    this.#committed = this.#mayRewind ? position : Math.max(this.#committed, position);
    for (; this.#audited < position; this.#audited++) {
      const unit = unitAt(this.#audited);
      const mustBeTold = this.#refuses && !this.#hasLetters && isFlawed(unit);
      for (const row of unit ?? []) {
        const id = Number(row.id);
        this.#addIf(mustBeTold && !this.#told.has(id), "refused and not told", id);
      }
    }
  }

  #isRefused(id: number): boolean {
    return this.#refuses && isFlawed(unitAt(positionOf(id)));
  }

  #addIf(isWrong: boolean, problem: Problem, id: number): void {
    if (isWrong) {
      const ids = this.#problems.get(problem) ?? new Set();
      this.#problems.set(problem, ids.add(id));
    }
  }

  #sentences(): string[] {
    return [...this.#problems].map(([problem, ids]) => {
      const shown = [...ids].slice(0, SHOWN).join(", ");
      return `${ids.size} ${problem}: ${shown}${ids.size > SHOWN ? ", …" : ""}`;
    });
  }
}

function countEach(ids: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  ids.forEach((id) => counts.set(id, (counts.get(id) ?? 0) + 1));
  return counts;
}

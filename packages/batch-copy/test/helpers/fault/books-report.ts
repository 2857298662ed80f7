import type { Fate } from "./fate.js";

/** A row of the table. */
export interface FoundRow {
  readonly id: number;
  /** Whether its columns are those that were issued. */
  readonly isIntact: boolean;
}

/** What can be wrong with a row. */
const PROBLEMS = {
  lost: "confirmed, and not in the table",
  doubled: "more than once in the table",
  spurious: "in the table, though never issued, or surely not committed",
  damaged: "in the table with another content",
  contradicted: "told twice how they ended",
  unsettled: "never told how they ended",
} as const;

type Problem = keyof typeof PROBLEMS;

export const PROBLEM_KINDS = Object.keys(PROBLEMS) as readonly Problem[];

const SHOWN_IDS = 5;

/** How what senders were told and what the table holds go together. */
export class BooksReport {
  /** How many rows met each fate. */
  readonly fates: Record<Fate, number> = {
    issued: 0,
    declined: 0,
    accepted: 0,
    confirmed: 0,
    refused: 0,
    undelivered: 0,
    inDoubt: 0,
  };
  /** How many rows the table holds. */
  present = 0;
  readonly #problems = new Map<Problem, Set<number>>();
  readonly #size: number;
  readonly #fateOf: (id: number) => Fate;
  /** How often each row is in the table; 255 stands for more. */
  readonly #copies: Uint8Array;

  constructor(size: number, fateOf: (id: number) => Fate, contradicted: Iterable<number>) {
    this.#size = size;
    this.#fateOf = fateOf;
    this.#copies = new Uint8Array(size);
    for (const id of contradicted) {
      this.#add("contradicted", id);
    }
  }

  /** Takes rows of the table to account. */
  note(rows: readonly FoundRow[]): void {
    this.present += rows.length;
    for (const { id, isIntact } of rows) {
      if (id < 0 || id >= this.#size) {
        this.#add("spurious", id);
        continue;
      }
      this.#copies[id] = Math.min(this.#copies[id]! + 1, 255);
      if (!isIntact) {
        this.#add("damaged", id);
      }
    }
  }

  /** Ends the account, when all rows of the table are noted. */
  close(): void {
    for (let id = 0; id < this.#size; id++) {
      const fate = this.#fateOf(id);
      this.fates[fate]++;
      this.#judge(id, fate, this.#copies[id]!);
    }
  }

  /** The rows that have the problem. */
  idsOf(problem: Problem): ReadonlySet<number> {
    return this.#problems.get(problem) ?? new Set();
  }

  /** How many rows have the problem. */
  count(problem: Problem): number {
    return this.idsOf(problem).size;
  }

  /** What is wrong, in sentences; nothing if all is well. */
  get problems(): string[] {
    return [...this.#problems].map(([problem, ids]) => {
      const shown = [...ids].slice(0, SHOWN_IDS).join(", ");
      const more = ids.size > SHOWN_IDS ? ", …" : "";
      return `${ids.size} rows ${problem} (${PROBLEMS[problem]}): ${shown}${more}`;
    });
  }

  #judge(id: number, fate: Fate, copies: number): void {
    const isAbsentForSure = fate === "refused" || fate === "undelivered" || fate === "declined";
    if (fate === "issued" || fate === "accepted") {
      this.#add("unsettled", id);
    }
    if (fate === "confirmed" && copies === 0) {
      this.#add("lost", id);
    }
    if (isAbsentForSure && copies > 0) {
      this.#add("spurious", id);
    }
    if (copies > 1) {
      this.#add("doubled", id);
    }
  }

  #add(problem: Problem, id: number): void {
    const ids = this.#problems.get(problem) ?? new Set();
    this.#problems.set(problem, ids.add(id));
  }
}

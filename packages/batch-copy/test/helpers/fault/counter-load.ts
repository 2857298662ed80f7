import { setImmediate as turn } from "node:timers/promises";

import {
  OutcomeUnknownError,
  RowRejectedError,
  UndeliveredError,
  type Copier,
  type CopierOptions,
} from "../../../dist/index.js";
import type { CounterBooks } from "./counter-books.js";
import type { CounterRow } from "./counter-table.js";
import type { SeededRandom } from "./seeded-random.js";

/** How many rows a producer sends before it goes over to other keys, so that many have a last row. */
const ROWS_PER_KEYS = 300;
const KEYS = 10;
/** Keys of different producers of lists do not meet: their rows are accepted one by one. */
const MAX_PRODUCERS = 32;

/** What to do with a rejected row; to be given to the copier. */
export function rejecting(books: CounterBooks): NonNullable<CopierOptions<CounterRow>["onReject"]> {
  return ({ row, error }) => noteFailure(books, row, error);
}

function noteFailure(books: CounterBooks, { key, number }: CounterRow, error: unknown): void {
  const isDoubtful =
    error instanceof OutcomeUnknownError ||
    (error instanceof RowRejectedError && error.afterUnknown);
  if (isDoubtful) {
    books.doubt(key, BigInt(number));
  } else if (error instanceof RowRejectedError) {
    books.refuse(key, BigInt(number));
  } else {
    throw error;
  }
}

/** Producers of rows for counters, which work until they are told to stop. */
export class CounterLoad {
  readonly #copier: Copier<CounterRow>;
  readonly #books: CounterBooks;
  readonly #random: SeededRandom;
  #isOver = false;

  constructor(copier: Copier<CounterRow>, books: CounterBooks, random: SeededRandom) {
    this.#copier = copier;
    this.#books = books;
    this.#random = random;
  }

  /** Resolves after {@link stop}, when the last call is answered. */
  async run(): Promise<void> {
    await Promise.all([
      ...Array.from({ length: 12 }, () => this.#repeat(() => this.#insert())),
      ...Array.from({ length: 3 }, () => this.#repeat(() => this.#copier.send(this.#row(0)))),
      this.#repeat(() => this.#sendMany(1)),
      this.#repeat(() => this.#sendMany(2)),
      this.#repeat(() => this.#flush()),
    ]);
  }

  stop(): void {
    this.#isOver = true;
  }

  /** Closes the copier. */
  async close(): Promise<void> {
    try {
      await this.#copier.close();
    } catch (error) {
      this.#noteUndelivered(error);
    }
  }

  async #repeat(work: () => Promise<unknown>): Promise<void> {
    while (!this.#isOver) {
      await work();
      await turn();
    }
  }

  async #insert(): Promise<void> {
    const row = this.#row(0);
    try {
      await this.#copier.insert(row);
    } catch (error) {
      noteFailure(this.#books, row, error);
    }
  }

  async #sendMany(producer: number): Promise<void> {
    const length = 1 + this.#random.below(60);
    await this.#copier.sendMany(Array.from({ length }, () => this.#row(producer)));
  }

  async #flush(): Promise<void> {
    await turn();
    if (this.#random.percent(1)) {
      await this.#copier.flush().catch((error: unknown) => this.#noteUndelivered(error));
    }
  }

  #noteUndelivered(error: unknown): void {
    if (!(error instanceof UndeliveredError)) {
      throw error;
    }
    // Rows that surely were not written would be a problem: nobody has given up any.
    error.inDoubt.forEach(({ rows }) =>
      (rows as CounterRow[]).forEach(({ key, number }) => this.#books.doubt(key, BigInt(number))),
    );
  }

  /** Its number is that of its call: nothing may come between. */
  #row(producer: number): CounterRow {
    const epoch = Math.floor(this.#books.size / ROWS_PER_KEYS);
    const key = (epoch * KEYS + this.#random.below(KEYS)) * MAX_PRODUCERS + producer;
    const number = this.#books.issue(key);
    return { key, hits: 1, total: number, number };
  }
}

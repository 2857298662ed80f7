import { Copier, type CopierOptions, type CopierStats } from "../../../dist/index.js";
import { CounterBooks } from "./counter-books.js";
import { CounterLoad, rejecting } from "./counter-load.js";
import {
  counterTable,
  isRefused,
  type Counter,
  type CounterKind,
  type CounterRow,
} from "./counter-table.js";
import { SeededRandom } from "./seeded-random.js";

/** Small batches of few keys, and rows that wait for each other. */
const OPTIONS: CopierOptions<CounterRow> = {
  maxBatchRows: 25,
  maxBufferedBytes: 64 * 1024,
  flushIntervalMs: 5,
  retry: { minDelayMs: 1, maxDelayMs: 20 },
};

/** What a run needs to know. */
export interface CounterRunOptions {
  readonly kind: CounterKind;
  /** The table, bare, and its schema. */
  readonly name: string;
  readonly schema?: string;
  readonly seed: number;
  readonly options: CopierOptions<CounterRow>;
}

/** A copier to a table of counters, under load. */
export class CounterRun {
  readonly books: CounterBooks;
  readonly #kind: CounterKind;
  readonly #copier: Copier<CounterRow>;
  readonly #load: CounterLoad;
  readonly #working: Promise<void>;

  /** The table must be there. */
  static async start({
    kind,
    name,
    schema,
    seed,
    options,
  }: CounterRunOptions): Promise<CounterRun> {
    const books = new CounterBooks();
    const copier = await Copier.connect(counterTable(name, schema), {
      ...OPTIONS,
      ...options,
      onConflict: kind.onConflict(name),
      onReject: rejecting(books),
    });
    return new CounterRun(kind, copier, books, seed);
  }

  private constructor(
    kind: CounterKind,
    copier: Copier<CounterRow>,
    books: CounterBooks,
    seed: number,
  ) {
    this.books = books;
    this.#kind = kind;
    this.#copier = copier;
    this.#load = new CounterLoad(copier, books, new SeededRandom(seed));
    this.#working = this.#load.run();
  }

  get stats(): CopierStats {
    return this.#copier.stats;
  }

  /** Ends the load and closes the copier. */
  async end(): Promise<void> {
    this.#load.stop();
    await this.#working;
    await this.#load.close();
  }

  /** What is wrong with all rows of the table. */
  problems(found: readonly Counter[]): string[] {
    return [...this.books.compare(found, this.#kind.isCounted), ...this.#wrongRefusals()];
  }

  /** Rows must be refused by their own values alone, and every such row, unless its outcome is unknown. */
  #wrongRefusals(): string[] {
    const wrong: string[] = [];
    for (let number = 0n; number < this.books.size; number++) {
      const isExpected = this.#kind.refuses && isRefused(number);
      if (this.books.refused.has(number) !== isExpected) {
        wrong.push(`row ${number} was ${isExpected ? "not " : ""}refused`);
      }
    }
    return wrong;
  }
}

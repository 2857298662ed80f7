import type { PageReader } from "./page-reader.js";
import type { Page } from "./page.js";
import type { LeafNode } from "./schema.js";

/**
 * The entries of a leaf, one after the other. {@link load} reads pages; everything else is synchronous,
 * and may be called for as many rows as {@link rows} says.
 */
export class LeafStream<T> {
  readonly leaf: LeafNode;
  readonly #pages: PageReader;
  readonly #convert: (raw: unknown) => T;
  /** The page that is being read, and those behind it: more than one only if a row has several. */
  readonly #queue: Page[] = [];
  /** The next entry and the next value of the first page. */
  #entry = 0;
  #value = 0;
  /** How many rows begin in the entries that are left. */
  #begun = 0;

  /** @param convert may throw a RangeError for a value that PostgreSQL cannot store */
  constructor(leaf: LeafNode, pages: PageReader, convert: (raw: unknown) => T) {
    this.leaf = leaf;
    this.#pages = pages;
    this.#convert = convert;
  }

  /** How many whole rows can be read. The last row of a page may go on in the next one. */
  get rows(): number {
    const isWhole = this.leaf.repetition === 0 || this.#pages.isAtEnd;
    return isWhole ? this.#begun : Math.max(0, this.#begun - 1);
  }

  /** Reads pages until there is a whole row. */
  async load(): Promise<void> {
    while (this.rows === 0) {
      await this.#loadPage(0);
    }
  }

  /** Passes over rows. */
  async skip(rows: number): Promise<void> {
    let left = rows;
    while (left > 0) {
      if (this.rows === 0) {
        left -= await this.#loadPage(this.leaf.repetition === 0 ? left : 0);
      }
      for (; left > 0 && this.rows > 0; left--) {
        do {
          this.skipEntry();
        } while (this.repetition > 0);
      }
    }
  }

  /** The levels of the next entry; 0 if there is none. */
  get definition(): number {
    const page = this.#queue[0];
    return page?.definitions === undefined ? this.leaf.definition : page.definitions[this.#entry]!;
  }

  get repetition(): number {
    return this.#queue[0]?.repetitions?.[this.#entry] ?? 0;
  }

  /** Passes over an entry. */
  skipEntry(): void {
    if (this.#advance() === this.leaf.definition) {
      this.#value++;
    }
    this.#leavePage();
  }

  /** Reads an entry: its value, or null if there is none. */
  next(): T | null {
    const page = this.#queue[0];
    const definition = this.#advance();
    const index = this.#value;
    if (definition === this.leaf.definition) {
      this.#value++;
    }
    this.#leavePage();
    return definition === this.leaf.definition ? this.#valueOf(page!, index) : null;
  }

  #valueOf(page: Page, index: number): T {
    const { values, dictionary } = page;
    if (dictionary === undefined) {
      return this.#convert(values[index]);
    }
    const number = values[index] as number;
    const known = dictionary.converted[number];
    if (known !== undefined) {
      return known as T;
    }
    if (number >= dictionary.values.length || number < 0) {
      throw new Error(`a page refers to value ${number} of ${dictionary.values.length}`);
    }
    const converted = this.#convert(dictionary.values[number]);
    dictionary.converted[number] = converted;
    return converted;
  }

  /** Goes on to the next entry of the page, and returns the definition level of this one. */
  #advance(): number {
    if (this.#queue.length === 0) {
      throw new Error(`the column ${this.leaf.path.join(".")} ends within a row`);
    }
    const { definition } = this;
    if (this.repetition === 0) {
      this.#begun--;
    }
    this.#entry++;
    return definition;
  }

  #leavePage(): void {
    if (this.#entry === this.#queue[0]!.entries) {
      this.#queue.shift();
      this.#entry = 0;
      this.#value = 0;
    }
  }

  /** Reads a page, or passes it over and returns the number of its rows. */
  async #loadPage(unwanted: number): Promise<number> {
    if (this.#pages.isAtEnd) {
      throw new Error(`the column ${this.leaf.path.join(".")} has too few rows`);
    }
    const page = await this.#pages.next(unwanted);
    if (typeof page === "number") {
      return page;
    }
    if (page.entries > 0) {
      this.#queue.push(page);
      this.#begun += begunIn(page);
    }
    return 0;
  }
}

function begunIn({ entries, repetitions }: Page): number {
  if (repetitions === undefined) {
    return entries;
  }
  let begun = 0;
  for (const level of repetitions) {
    if (level === 0) {
      begun++;
    }
  }
  return begun;
}

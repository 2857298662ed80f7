import { describeValue } from "../describe-value.js";

const BACKSLASH = 92;
const QUOTE = 34;
/** Whitespace in PostgreSQL 16 and later; before, a character like any other. */
const VERTICAL_TAB = 11;

/**
 * Reads the pairs of hstore's text form, as `parse_hstore` in contrib/hstore/hstore_io.c does: `"a
 * b"=>"1", c=>NULL`. A NULL in quotes is a string.
 *
 * @throws RangeError for text that the server does not accept, and for a key that occurs more than
 * once.
 */
export function parseHstore(text: string): Map<string, string | null> {
  const reader = new HstoreReader(text);
  const pairs = new Map<string, string | null>();
  while (reader.skipSpaces()) {
    const key = reader.key();
    if (pairs.has(key)) {
      throw new RangeError(`the key ${describeValue(key)} occurs more than once`);
    }
    pairs.set(key, reader.content());
  }
  return pairs;
}

class HstoreReader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Skips whitespace, and returns whether anything follows. */
  skipSpaces(): boolean {
    while (this.#isSpace(this.#text.charCodeAt(this.#position))) {
      this.#position++;
    }
    return this.#position < this.#text.length;
  }

  /** Reads a key and the arrow after it. */
  key(): string {
    const key = this.#isQuoted() ? this.#quoted() : this.#bare("=");
    this.skipSpaces();
    if (!this.#text.startsWith("=>", this.#position)) {
      throw this.#error('"=>" is missing');
    }
    this.#position += 2;
    return key;
  }

  /** Reads the value of a key, and the comma after it unless it is the last. */
  content(): string | null {
    this.skipSpaces();
    const isQuoted = this.#isQuoted();
    const content = isQuoted ? this.#quoted() : this.#bare(",");
    if (this.skipSpaces()) {
      if (this.#text[this.#position] !== ",") {
        throw this.#error("a comma is missing");
      }
      this.#position++;
    }
    return !isQuoted && content.toLowerCase() === "null" ? null : content;
  }

  #isQuoted(): boolean {
    return this.#text.charCodeAt(this.#position) === QUOTE;
  }

  #quoted(): string {
    let value = "";
    let from = ++this.#position;
    for (; this.#position < this.#text.length; this.#position++) {
      const unit = this.#text.charCodeAt(this.#position);
      if (unit === BACKSLASH) {
        value += this.#text.slice(from, this.#position);
        from = ++this.#position;
      } else if (unit === QUOTE) {
        return value + this.#text.slice(from, this.#position++);
      }
    }
    throw this.#error("a closing quote is missing");
  }

  /** Up to a space or the character that ends it, which it must not begin with. */
  #bare(end: string): string {
    let value = "";
    const first = this.#position;
    let from = first;
    for (; this.#position < this.#text.length; this.#position++) {
      const unit = this.#text.charCodeAt(this.#position);
      if (unit === BACKSLASH) {
        value += this.#text.slice(from, this.#position);
        from = ++this.#position;
      } else if (this.#isSpace(unit) || this.#text[this.#position] === end) {
        break;
      }
    }
    if (this.#position === first || this.#position > this.#text.length) {
      throw this.#error("a key or a value is missing");
    }
    return value + this.#text.slice(from, this.#position);
  }

  /** Blank, tab, line feed, form feed or carriage return. */
  #isSpace(unit: number): boolean {
    if (unit === VERTICAL_TAB) {
      throw this.#error("a vertical tab must be quoted");
    }
    return unit === 32 || (unit >= 9 && unit <= 13);
  }

  #error(problem: string): RangeError {
    const place = `at character ${this.#position + 1}`;
    return new RangeError(
      `${describeValue(this.#text)} is not a valid hstore: ${problem} ${place}`,
    );
  }
}

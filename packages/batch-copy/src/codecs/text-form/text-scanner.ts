import { describeValue } from "../describe-value.js";

/** The whitespace of C's `isspace`, which PostgreSQL skips between the parts of a value. */
const SPACE = /[ \t\n\v\f\r]*/y;

/** A number as C's `strtod` reads it, without the hexadecimal that PostgreSQL leaves undocumented. */
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?inf(?:inity)?|nan/iy;

/**
 * Reads the text form of a value part by part, and skips whitespace between the parts. Text that
 * does not match is an error.
 */
export class TextScanner {
  readonly #text: string;
  readonly #type: string;
  #position = 0;

  /** @param type its name in the message of an error: `point` */
  constructor(text: string, type: string) {
    this.#text = text;
    this.#type = type;
    this.#match(SPACE);
  }

  /** The next character, or "" at the end. */
  get next(): string {
    return this.#text.charAt(this.#position);
  }

  /** Reads `character`, if it comes next. */
  take(character: string): boolean {
    if (this.next !== character) {
      return false;
    }
    this.#position++;
    this.#match(SPACE);
    return true;
  }

  /** Reads `character`, which must come next. */
  expect(character: string): void {
    if (!this.take(character)) {
      throw this.refusal();
    }
  }

  /** Nothing may follow. */
  expectEnd(): void {
    if (this.next !== "") {
      throw this.refusal();
    }
  }

  /** Reads a decimal number, an infinity or NaN, in upper or lower case. */
  number(): string {
    const number = this.#match(NUMBER);
    if (number === "") {
      throw this.refusal();
    }
    this.#match(SPACE);
    return number;
  }

  /** The error for text that is not a valid value of the type. */
  refusal(): Error {
    return new RangeError(`${describeValue(this.#text)} is not a valid ${this.#type}`);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#position += found.length;
    return found;
  }
}

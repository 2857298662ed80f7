import { describeValue } from "../describe-value.js";
import { isSpace } from "../text-form/space.js";

const BACKSLASH = 92;
const QUOTE = 39;
const COLON = 58;

/** The maximum length of a word, one byte below `MAXSTRLEN` of src/include/tsearch/ts_type.h. */
const MAX_WORD_BYTES = 2046;

/**
 * Characters that PostgreSQL 17 and older, depending on the locale of the database, read as
 * whitespace, and newer versions as part of the word.
 */
const FOREIGN_SPACES: ReadonlySet<number> = new Set([
  0x85, 0xa0, 0x1680, 0x180e, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007,
  0x2008, 0x2009, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
]);

/**
 * Reads quoted and unquoted words in the text form of a tsvector or a tsquery, as
 * `gettoken_tsvector` in src/backend/utils/adt/tsvector_parser.c does. In a tsquery the characters
 * `!&|()<` end an unquoted word.
 */
export class WordReader {
  readonly text: string;
  position = 0;
  readonly #kind: "tsvector" | "tsquery";

  constructor(text: string, kind: "tsvector" | "tsquery") {
    this.text = text;
    this.#kind = kind;
  }

  /** The UTF-16 unit at the position, NaN at the end. */
  get unit(): number {
    return this.text.charCodeAt(this.position);
  }

  /** Skips whitespace, and returns whether anything follows. */
  skipSpaces(): boolean {
    while (isSpace(this.unit)) {
      this.position++;
    }
    return this.position < this.text.length;
  }

  /** Reads the word at the position. */
  word(): string {
    const word = this.unit === QUOTE ? this.#quotedWord() : this.#bareWord();
    if (word === "") {
      throw this.error("a word is missing");
    }
    checkWordSize(word);
    return word;
  }

  /** An error with the problem and its position. */
  error(problem: string): RangeError {
    const place = `at character ${this.position + 1}`;
    return new RangeError(
      `${describeValue(this.text)} is not a valid ${this.#kind}: ${problem} ${place}`,
    );
  }

  /** Reads up to a quote that is not doubled; a backslash escapes the next character. */
  #quotedWord(): string {
    let word = "";
    let from = ++this.position;
    for (; this.position < this.text.length; this.position++) {
      const { unit } = this;
      const isDoubled = unit === QUOTE && this.text.charCodeAt(this.position + 1) === QUOTE;
      if (unit === BACKSLASH || isDoubled) {
        word += this.text.slice(from, this.position);
        from = ++this.position;
      } else if (unit === QUOTE) {
        return word + this.text.slice(from, this.position++);
      }
    }
    throw this.error("a closing quote is missing");
  }

  #bareWord(): string {
    let word = "";
    let from = this.position;
    for (const first = from; this.position < this.text.length; this.position++) {
      const { unit } = this;
      if (unit === BACKSLASH) {
        word += this.text.slice(from, this.position);
        from = ++this.position;
      } else if (this.#endsBareWord(unit) || (unit === COLON && this.position > first)) {
        break;
      }
    }
    if (this.position > this.text.length) {
      throw this.error("an escaped character is missing");
    }
    return word + this.text.slice(from, this.position);
  }

  #endsBareWord(unit: number): boolean {
    if (unit > 0x7f && FOREIGN_SPACES.has(unit)) {
      throw this.error("a non-ASCII space must be quoted");
    }
    return isSpace(unit) || (this.#kind === "tsquery" && isOperator(unit));
  }
}

/** @throws RangeError for a word that is longer than text search allows. */
export function checkWordSize(word: string): void {
  // UTF-8 has at most three bytes for each UTF-16 unit.
  if (word.length * 3 > MAX_WORD_BYTES && Buffer.byteLength(word) > MAX_WORD_BYTES) {
    throw new RangeError(
      `the word ${describeValue(word)} has ${Buffer.byteLength(word)} bytes, more than ${MAX_WORD_BYTES}`,
    );
  }
}

/** The word in quotes, as the server prints it. */
export function quoteWord(word: string): string {
  return `'${word.replaceAll(/['\\]/g, "$&$&")}'`;
}

/** Any of `!&()<|`. */
function isOperator(unit: number): boolean {
  return unit === 33 || unit === 38 || unit === 40 || unit === 41 || unit === 60 || unit === 124;
}

import type { CsvDialect } from "./csv-dialect.js";

export const OTHER = 0;
export const DELIMITER = 1;
/** The last byte of a line terminator. */
export const TERMINATOR = 2;
export const QUOTE = 3;
/** A carriage return where lines end in a newline, and the reverse. */
export const FOREIGN = 4;

export const NEWLINE = 10;
export const CARRIAGE_RETURN = 13;

/** What each byte means in a dialect. */
export class ByteClasses {
  readonly of: Uint8Array = new Uint8Array(256);
  readonly terminator: number;
  /** The highest byte that is not `OTHER`: most bytes of a text are above it. */
  readonly highest: number;
  /** -1 if there is none. */
  readonly quote: number;

  constructor({ delimiter, quote, lineEnd }: CsvDialect) {
    this.terminator = lineEnd.charCodeAt(0);
    this.quote = quote === "" ? -1 : quote.charCodeAt(0);
    this.of[NEWLINE] = FOREIGN;
    this.of[CARRIAGE_RETURN] = FOREIGN;
    this.of[this.terminator] = TERMINATOR;
    this.of[delimiter.charCodeAt(0)] = DELIMITER;
    if (quote !== "") this.of[this.quote] = QUOTE;
    this.highest = this.of.findLastIndex((kind) => kind !== OTHER);
  }
}

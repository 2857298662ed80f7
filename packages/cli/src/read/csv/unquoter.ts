import {
  DELIMITER,
  FOREIGN,
  NEWLINE,
  QUOTE,
  TERMINATOR,
  type ByteClasses,
} from "./byte-classes.js";

/** The field does not end in the bytes. */
export const UNFINISHED = -1;
/** A quote that opened inside the field, or opened again, is still open at the end of the line. */
export const STRAY_QUOTE = -2;

/**
 * Reads the fields that differ from what is in the file, as COPY does: a quote may open and close anywhere in
 * a field, and two quotes in a quote are one.
 */
export class Unquoter {
  /** The texts of the fields since `restart()`. */
  scratch: Uint8Array = new Uint8Array(0);
  /** Where the text of the last field begins and ends in it. */
  textStart = 0;
  textEnd = 0;
  /** How many line terminators the last field has in quotes. */
  lines = 0;
  /** Whether a field since `restart()` has a carriage return or a newline that is not in quotes and ends no line. */
  hasLoneEnd = false;
  /** Where the line ends in which a stray quote was found. */
  strayEnd = 0;
  readonly #classes: ByteClasses;

  constructor(classes: ByteClasses) {
    this.#classes = classes;
  }

  restart(): void {
    this.textEnd = 0;
    this.hasLoneEnd = false;
  }

  /**
   * @param to behind a line terminator
   * @returns where the delimiter or the line terminator is, or one of the constants above
   */
  read(bytes: Uint8Array, from: number, to: number): number {
    // The texts are no longer than what is in the file. What is here for the first is enough for all of a record.
    if (this.scratch.length < to - from) this.scratch = new Uint8Array(to - from);
    const { of: classes, quote, terminator } = this.#classes;
    const { scratch } = this;
    let out = (this.textStart = this.textEnd);
    this.lines = 0;
    let at = from;
    for (;;) {
      const byte = bytes[at]!;
      const kind = classes[byte]!;
      if (kind === DELIMITER || kind === TERMINATOR) break;
      if (kind === FOREIGN) {
        if (terminator === NEWLINE && bytes[at + 1] === NEWLINE) break;
        this.hasLoneEnd = true;
      }
      if (kind !== QUOTE) {
        scratch[out++] = byte;
        at++;
        continue;
      }
      const mayHaveLines = at === from;
      at++;
      for (; at < to; at++) {
        const quoted = bytes[at]!;
        if (quoted === quote && bytes[++at] !== quote) break;
        if (quoted === terminator) {
          if (!mayHaveLines) {
            this.strayEnd = at + 1;
            return STRAY_QUOTE;
          }
          this.lines++;
        }
        scratch[out++] = quoted;
      }
      if (at >= to) return UNFINISHED;
    }
    this.textEnd = out;
    return at;
  }
}

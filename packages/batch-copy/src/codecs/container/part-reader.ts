import { describeValue } from "../describe-value.js";
import { isSpace } from "../text-form/space.js";

/**
 * Reads the text form of a composite value or of a range, whose parts are separated by marks.
 * Whitespace belongs to the parts.
 */
export class PartReader {
  readonly #text: string;
  readonly #type: string;
  #position = 0;

  /** @param type its name in the message of an error: `range` */
  constructor(text: string, type: string) {
    this.#text = text;
    this.#type = type;
  }

  skipSpaces(): void {
    while (isSpace(this.#text.charCodeAt(this.#position))) {
      this.#position++;
    }
  }

  /** Reads `mark`, in upper or lower case, if it comes next. */
  take(mark: string): boolean {
    const end = this.#position + mark.length;
    if (this.#text.slice(this.#position, end).toLowerCase() !== mark) {
      return false;
    }
    this.#position = end;
    return true;
  }

  /** Reads `mark`, which must come next. */
  expect(mark: string): void {
    if (!this.take(mark)) {
      throw this.#refusal(`"${mark}" is missing`);
    }
  }

  /** Only whitespace may follow. */
  expectEnd(): void {
    this.skipSpaces();
    if (this.#position < this.#text.length) {
      throw this.#refusal("unexpected text after the end");
    }
  }

  /**
   * Reads a part up to one of the marks in `ends`, or returns null if there is none: an empty text
   * needs quotes. Quotes may be anywhere in it and are doubled inside quotes; a backslash escapes
   * the next character (`record_in` in src/backend/utils/adt/rowtypes.c, `range_parse_bound` in
   * rangetypes.c).
   */
  part(ends: string): string | null {
    const text = this.#text;
    const start = this.#position;
    let part = "";
    let from = start;
    let isQuoted = false;
    for (; this.#position < text.length; this.#position++) {
      const character = text[this.#position]!;
      if (character === "\\" || character === '"') {
        part += text.slice(from, this.#position);
        from = this.#position + 1;
        const isDoubled = isQuoted && text[from] === '"';
        if (character === "\\" || isDoubled) {
          this.#position++;
        } else {
          isQuoted = !isQuoted;
        }
      } else if (!isQuoted && ends.includes(character)) {
        return this.#position === start ? null : part + text.slice(from, this.#position);
      }
    }
    throw this.#refusal(isQuoted ? "a closing quote is missing" : "its end is missing");
  }

  #refusal(problem: string): RangeError {
    return new RangeError(`${describeValue(this.#text)} is not a valid ${this.#type}: ${problem}`);
  }
}

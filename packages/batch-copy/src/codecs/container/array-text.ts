import { describeValue } from "../describe-value.js";
import { isSpace } from "../text-form/space.js";

/** An array whose elements are texts in row-major order, with null for NULL. */
export interface ArrayText {
  readonly elements: readonly (string | null)[];
  /** The size of each dimension; empty for an array without elements. */
  readonly dimensions: readonly number[];
  /** The lower bound of each dimension, if the text has them. */
  readonly lowerBounds?: readonly number[];
}

/** `MAXDIM` in src/include/utils/array.h. */
export const MAX_DIMENSIONS = 6;

/**
 * Reads the text form of an array, `{1,NULL}`, `{{"a b",c}}`, `[0:1]={1,2}` (`array_in` in
 * src/backend/utils/adt/arrayfuncs.c).
 *
 * @param delimiter the delimiter of elements: `pg_type.typdelim`
 * @throws RangeError for text that the server does not accept.
 */
export function parseArray(text: string, delimiter: string): ArrayText {
  return new ArrayReader(text, delimiter).array();
}

/** `[2]` is `[1:2]`. */
const BOUNDS = /\[(?:([+-]?\d+):)?([+-]?\d+)\]/y;

interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

const UNKNOWN = -1;

class ArrayReader {
  readonly #text: string;
  readonly #delimiter: string;
  readonly #elements: (string | null)[] = [];
  /** The size of each dimension; unknown while its first list is being read. */
  readonly #dimensions: number[] = [];
  #position = 0;

  constructor(text: string, delimiter: string) {
    this.#text = text;
    this.#delimiter = delimiter;
  }

  array(): ArrayText {
    const bounds = this.#bounds();
    this.#list(0);
    if (this.#position < this.#text.length) {
      throw this.#refusal("unexpected text after the end");
    }
    const shape = { elements: this.#elements, dimensions: this.#dimensions };
    if (bounds.length === 0) {
      return shape;
    }
    const sizes = bounds.map(({ lower, upper }) => upper - lower + 1);
    if (String(sizes) !== String(this.#dimensions) || sizes.some((size) => size < 1)) {
      throw this.#refusal("its bounds do not match its elements");
    }
    return { ...shape, lowerBounds: bounds.map(({ lower }) => lower) };
  }

  #bounds(): Bounds[] {
    const bounds: Bounds[] = [];
    this.#skipSpaces();
    for (let match = this.#matchBounds(); match !== null; match = this.#matchBounds()) {
      const [, lower = "1", upper] = match;
      bounds.push({ lower: Number(lower), upper: Number(upper) });
      this.#skipSpaces();
    }
    if (bounds.length > 0) {
      this.#expect("=");
    }
    return bounds;
  }

  #matchBounds(): RegExpExecArray | null {
    BOUNDS.lastIndex = this.#position;
    const match = BOUNDS.exec(this.#text);
    this.#position += match?.[0].length ?? 0;
    return match;
  }

  /** Reads elements, or lists of the next dimension, in braces. */
  #list(depth: number): void {
    this.#expect("{");
    if (depth === this.#dimensions.length) {
      this.#addDimension();
    }
    let size = 0;
    // Only the whole array may be empty: versions of PostgreSQL read {{}} differently.
    if (depth > 0 || !this.#take("}")) {
      do {
        this.#item(depth);
        size++;
      } while (this.#take(this.#delimiter));
      this.#expect("}");
    }
    if (this.#dimensions[depth] === UNKNOWN) {
      this.#dimensions[depth] = size;
    } else if (this.#dimensions[depth] !== size) {
      throw this.#unevenness();
    }
  }

  #addDimension(): void {
    if (this.#elements.length > 0) {
      throw this.#unevenness();
    }
    if (this.#dimensions.length === MAX_DIMENSIONS) {
      throw this.#refusal(`it has more than ${MAX_DIMENSIONS} dimensions`);
    }
    this.#dimensions.push(UNKNOWN);
  }

  #item(depth: number): void {
    if (this.#text[this.#position] === "{") {
      this.#list(depth + 1);
    } else if (this.#dimensions.length > depth + 1) {
      throw this.#unevenness();
    } else {
      this.#elements.push(this.#text[this.#position] === '"' ? this.#quoted() : this.#bare());
    }
  }

  #quoted(): string {
    let element = "";
    let from = ++this.#position;
    for (; this.#position < this.#text.length; this.#position++) {
      const character = this.#text[this.#position];
      if (character === "\\") {
        element += this.#text.slice(from, this.#position);
        from = ++this.#position;
      } else if (character === '"') {
        element += this.#text.slice(from, this.#position++);
        this.#skipSpaces();
        return element;
      }
    }
    throw this.#refusal("a closing quote is missing");
  }

  /** Reads up to a delimiter or brace, without the whitespace around the element. */
  #bare(): string | null {
    const start = this.#position;
    let element = "";
    let from = start;
    /** The position after the last character that is not whitespace or is escaped. */
    let end = start;
    for (; !this.#isBareEnd(); this.#position++) {
      if (this.#text[this.#position] === "\\") {
        element += this.#text.slice(from, this.#position);
        from = ++this.#position;
        end = from + 1;
      } else if (!isSpace(this.#text.charCodeAt(this.#position))) {
        end = this.#position + 1;
      }
    }
    if (end === start) {
      throw this.#refusal("an element is missing");
    }
    element += this.#text.slice(from, end);
    return from === start && element.toUpperCase() === "NULL" ? null : element;
  }

  #isBareEnd(): boolean {
    const character = this.#text[this.#position];
    if (character === undefined || character === "{" || character === '"') {
      throw this.#refusal(
        character === undefined ? "its end is missing" : `${character} must be quoted`,
      );
    }
    return character === this.#delimiter || character === "}";
  }

  #skipSpaces(): void {
    while (isSpace(this.#text.charCodeAt(this.#position))) {
      this.#position++;
    }
  }

  /** Reads a mark and the whitespace after it, if it comes next. */
  #take(mark: string): boolean {
    if (this.#text[this.#position] !== mark) {
      return false;
    }
    this.#position++;
    this.#skipSpaces();
    return true;
  }

  #expect(mark: string): void {
    if (!this.#take(mark)) {
      throw this.#refusal(`"${mark}" is missing`);
    }
  }

  #unevenness(): RangeError {
    return this.#refusal("nested arrays must have the same length and depth");
  }

  #refusal(problem: string): RangeError {
    return new RangeError(`${describeValue(this.#text)} is not a valid array: ${problem}`);
  }
}

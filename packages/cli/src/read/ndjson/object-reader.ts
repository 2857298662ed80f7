import { Fields, NULL_FIELD, SCRATCH_FIELD, TEXT_FIELD, VALUE_FIELD } from "../fields.js";
import { Scratch } from "../scratch.js";
import { arrayOfDocuments, arrayOfTexts } from "./array-value.js";
import { INVALID, JsonScanner } from "./json-scanner.js";
import { type Key, KeyTable, UNKNOWN_COLUMN } from "./key-table.js";
import { HAS_LONE_SURROGATE, HAS_NUL, unescape } from "./unescape.js";

/** A column that the values of a key go to. */
export interface NdjsonColumn {
  readonly key: string;
  /** Whether its field is the JSON text of the value, with the quotes of a string. */
  readonly isJson: boolean;
  /**
   * Whether the value of a JSON array is an array of JavaScript. With `isJson` its elements are what
   * `JSON.parse` returns, for columns of `json[]` and `jsonb[]`; without, they are texts.
   */
  readonly isArray: boolean;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const LETTER_N = 0x6e;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** The keys of a record whose order is remembered, and the length of an unknown key that is. */
const MOST_REMEMBERED = 4096;
const MOST_SHOWN = 100;

/**
 * Reads the object of a line into fields. It expects the keys in the order of the record before, so that
 * it compares the bytes of one key, instead of looking the key up.
 */
export class ObjectReader {
  readonly fields: Fields;
  /** Why the last line is no record; where its JSON is not valid, or undefined if it is. */
  reason = "";
  errorAt: number | undefined;

  readonly #columns: readonly NdjsonColumn[];
  readonly #ignoresUnknown: boolean;
  readonly #table: KeyTable;
  readonly #scanner = new JsonScanner();
  readonly #scratch: Scratch;
  /** The keys of the last record, in their order. */
  readonly #order: (Key | undefined)[] = [];
  #bytes: Uint8Array = new Uint8Array(0);
  /** The column of the last key, and the position after it. */
  #column = UNKNOWN_COLUMN;
  #keyEnd = 0;

  constructor(columns: readonly NdjsonColumn[], ignoresUnknown: boolean) {
    this.#columns = columns;
    this.#ignoresUnknown = ignoresUnknown;
    this.#table = new KeyTable(columns.map(({ key }) => key));
    this.fields = new Fields(columns.length);
    this.#scratch = new Scratch(this.fields);
    this.fields.count = columns.length;
    this.fields.values.length = columns.length;
  }

  /** The bytes of the next lines, each with a line feed at its end. */
  set bytes(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#scanner.bytes = bytes;
    this.fields.bytes = bytes;
  }

  /** The position of the first byte at or after `at` that is no whitespace within a line. */
  skipSpace(at: number): number {
    return this.#scanner.skipSpace(at);
  }

  /** Reads the object at `at`: its fields are in {@link fields}. Returns its end, or {@link INVALID}. */
  read(at: number): number {
    this.fields.kinds.fill(NULL_FIELD);
    this.#scratch.reset();
    this.errorAt = undefined;
    if (this.#bytes[at] !== OPENING_BRACE) {
      return this.#refuse(describeOther(this.#bytes[at]!));
    }
    const end = this.#readMembers(at);
    if (end === INVALID && this.reason === "") {
      this.errorAt = this.#scanner.errorAt;
      this.reason = this.#scanner.error;
    }
    return end;
  }

  #readMembers(at: number): number {
    const scanner = this.#scanner;
    const bytes = this.#bytes;
    this.reason = "";
    let position = scanner.skipSpace(at + 1);
    if (bytes[position] === CLOSING_BRACE) {
      return position + 1;
    }
    for (let index = 0; ; index++) {
      if (bytes[position] !== QUOTE) {
        return scanner.fail(position, "expected a key in double quotes");
      }
      if (!this.#readKey(position, index)) {
        return INVALID;
      }
      position = scanner.skipSpace(this.#keyEnd);
      if (bytes[position] !== COLON) {
        return scanner.fail(position, 'expected ":"');
      }
      position = scanner.skipSpace(position + 1);
      const column = this.#column;
      position =
        column === UNKNOWN_COLUMN
          ? scanner.skipValue(position, 1)
          : this.#readValue(column, position);
      if (position === INVALID) {
        return INVALID;
      }
      position = scanner.skipSpace(position);
      if (bytes[position] === CLOSING_BRACE) {
        return position + 1;
      }
      if (bytes[position] !== COMMA) {
        return scanner.fail(position, 'expected "," or "}"');
      }
      position = scanner.skipSpace(position + 1);
    }
  }

  /** Reads the key whose opening quote is at `at`; false if there is an error. */
  #readKey(at: number, index: number): boolean {
    const bytes = this.#bytes;
    const expected = this.#order[index];
    if (expected !== undefined) {
      const key = expected.bytes;
      let matched = 0;
      while (matched < key.length && key[matched] === bytes[at + 1 + matched]) {
        matched++;
      }
      if (matched === key.length) {
        this.#column = expected.column;
        this.#keyEnd = at + 1 + matched;
        return true;
      }
    }
    return this.#lookUpKey(at, index);
  }

  #lookUpKey(at: number, index: number): boolean {
    const end = this.#scanner.skipString(at);
    if (end === INVALID) {
      return false;
    }
    this.#keyEnd = end;
    const hasEscapes = this.#scanner.hasEscapes;
    const key = hasEscapes
      ? this.#findEscaped(at + 1, end - 1)
      : this.#table.find(this.#bytes, at + 1, end - 1);
    if (key === undefined && !this.#ignoresUnknown) {
      this.#refuse(`unknown key ${this.#shown(at, end)}`);
      return false;
    }
    this.#column = key?.column ?? UNKNOWN_COLUMN;
    if (!hasEscapes && index < MOST_REMEMBERED) {
      this.#order[index] = key ?? this.#unknownKey(at + 1, end);
    }
    return true;
  }

  #findEscaped(start: number, end: number): Key | undefined {
    const from = this.#scratch.end;
    const scratch = this.#scratch.reserve(end - start);
    const to = unescape(this.#bytes, start, end, scratch, from);
    // A key with half a surrogate pair, or U+0000, is that of no column.
    return to < 0 ? undefined : this.#table.find(scratch, from, to);
  }

  #unknownKey(start: number, end: number): Key | undefined {
    return end - start > MOST_REMEMBERED
      ? undefined
      : { bytes: this.#bytes.slice(start, end), column: UNKNOWN_COLUMN };
  }

  #readValue(column: number, at: number): number {
    const { fields } = this;
    const scanner = this.#scanner;
    const end = scanner.skipValue(at, 1);
    if (end === INVALID) {
      return INVALID;
    }
    const first = this.#bytes[at];
    fields.starts[column] = at;
    fields.ends[column] = end;
    fields.kinds[column] = TEXT_FIELD;
    if (first === LETTER_N) {
      fields.kinds[column] = NULL_FIELD;
    } else if (first === QUOTE) {
      return this.#columns[column]!.isJson ? end : this.#readString(column, at + 1, end);
    } else if (first === OPENING_BRACKET && this.#columns[column]!.isArray) {
      return this.#readArray(column, at, end);
    }
    return end;
  }

  /** Reads the text of a string. `end` is after its closing quote. */
  #readString(column: number, start: number, end: number): number {
    const { fields } = this;
    if (!this.#scanner.hasEscapes) {
      fields.starts[column] = start;
      fields.ends[column] = end - 1;
      return end;
    }
    const from = this.#scratch.end;
    const to = unescape(this.#bytes, start, end - 1, this.#scratch.reserve(end - start), from);
    if (to === HAS_NUL || to === HAS_LONE_SURROGATE) {
      const what = to === HAS_NUL ? "U+0000" : "half of a surrogate pair";
      const key = JSON.stringify(this.#columns[column]!.key);
      return this.#refuse(
        `the string of key ${key} contains ${what}, which PostgreSQL cannot store`,
      );
    }
    fields.kinds[column] = SCRATCH_FIELD;
    fields.starts[column] = from;
    fields.ends[column] = to;
    this.#scratch.end = to;
    return end;
  }

  #readArray(column: number, at: number, end: number): number {
    const json = this.#text(at, end);
    const { isJson, key } = this.#columns[column]!;
    try {
      this.fields.values[column] = isJson ? arrayOfDocuments(json) : arrayOfTexts(json);
    } catch (error) {
      if (!(error instanceof RangeError)) {
        throw error;
      }
      return this.#refuse(`the array of key ${JSON.stringify(key)}: ${error.message}`);
    }
    this.fields.kinds[column] = VALUE_FIELD;
    return end;
  }

  #refuse(reason: string): number {
    this.reason = reason;
    return INVALID;
  }

  #shown(start: number, end: number): string {
    return end - start <= MOST_SHOWN
      ? this.#text(start, end)
      : `${this.#text(start, start + MOST_SHOWN)}…`;
  }

  #text(start: number, end: number): string {
    const { buffer, byteOffset } = this.#bytes;
    return Buffer.from(buffer, byteOffset + start, end - start).toString();
  }
}

/** Says what a line is that begins with another byte than `{`. */
function describeOther(first: number): string {
  if (first === OPENING_BRACKET) {
    return (
      "the line is a JSON array: NDJSON has one object on each line, without brackets around " +
      "the lines and commas between them (`jq -c '.[]'` converts an array)"
    );
  }
  return "the line is not a JSON object: it does not begin with {";
}

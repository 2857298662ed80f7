import { types } from "node:util";

import { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { NULL_LENGTH, writeField, type Codec } from "../codecs/codec.js";
import { describeValue } from "../codecs/describe-value.js";
import { EncodeError } from "../errors.js";

/** A column with the codec for the type that the database has. */
export interface WritableColumn {
  readonly name: string;
  readonly isNullable: boolean;
  readonly codec: Codec<unknown>;
}

/**
 * Rows of one table to and from tuples of the binary COPY format: the number of fields, then each
 * field with its length (https://www.postgresql.org/docs/current/sql-copy.html, "Tuples").
 *
 * All that can be looked up is looked up here, once.
 */
export class RowFormat<Row extends object> {
  readonly #names: readonly string[];
  readonly #codecs: readonly Codec<unknown>[];
  readonly #nullable: readonly boolean[];
  readonly #known: ReadonlySet<string>;
  /** Columns named like what every object inherits, `constructor`: the row must own such a key. */
  readonly #mustOwn: readonly boolean[];

  constructor(columns: readonly WritableColumn[]) {
    this.#names = columns.map(({ name }) => name);
    this.#codecs = columns.map(({ codec }) => codec);
    this.#nullable = columns.map(({ isNullable }) => isNullable);
    this.#known = new Set(this.#names);
    this.#mustOwn = this.#names.map((name) => name in Object.prototype);
  }

  /**
   * Writes the row as a tuple.
   *
   * @throws EncodeError that names the column; what was written by then is the caller's to undo.
   */
  encode(row: Row, out: ByteWriter): void {
    if (typeof row !== "object" || row === null) {
      throw new EncodeError(undefined, row, NO_ROW);
    }
    this.#checkKeys(row as Record<string, unknown>);
    this.#writeTuple(row as Record<string, unknown>, out);
  }

  /** Reads the tuple at the reader's position; columns that are NULL are null. */
  decode(input: ByteReader): Row {
    const fields = input.int16();
    const row: Record<string, unknown> = {};
    for (let i = 0; i < fields; i++) {
      const value = readValue(this.#codecs[i]!, input);
      Object.defineProperty(row, this.#names[i]!, {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return row as Row;
  }

  #checkKeys(row: Record<string, unknown>): void {
    const names = this.#names;
    let position = 0;
    try {
      // Most rows have their keys in the order of the columns: then this compares pointers only.
      for (const key in row) {
        if (key !== names[position++] && !this.#known.has(key)) {
          throw new EncodeError(key, row[key], "the table definition has no such column");
        }
      }
    } catch (error) {
      throw error instanceof EncodeError ? error : encodeError(undefined, row, error);
    }
    if (position === 0 && isNoRow(row)) {
      throw new EncodeError(undefined, row, NO_ROW);
    }
  }

  #writeTuple(row: Record<string, unknown>, out: ByteWriter): void {
    const names = this.#names;
    const codecs = this.#codecs;
    let column = 0;
    let value: unknown;
    try {
      out.int16(names.length);
      for (; column < names.length; column++) {
        value = undefined;
        value = this.#valueOf(row, column);
        if ((value === null || value === undefined) && !this.#nullable[column]!) {
          throw new TypeError("a value is missing, the column is NOT NULL");
        }
        writeField(codecs[column]!, value, out);
      }
    } catch (error) {
      throw encodeError(names[column], value, error);
    }
  }

  #valueOf(row: Record<string, unknown>, column: number): unknown {
    const name = this.#names[column]!;
    return this.#mustOwn[column]! && !Object.hasOwn(row, name) ? undefined : row[name];
  }
}

const NO_ROW = "a row is an object with a key for each column";

/** Objects without keys of their own that somebody passes by mistake, a forgotten `await` above all. */
function isNoRow(row: object): boolean {
  return (
    Array.isArray(row) ||
    types.isPromise(row) ||
    types.isMap(row) ||
    types.isSet(row) ||
    types.isDate(row) ||
    types.isBoxedPrimitive(row) ||
    ArrayBuffer.isView(row)
  );
}

/** A value, or its bytes if its codec cannot read them: no row is kept back for that. */
function readValue(codec: Codec<unknown>, input: ByteReader): unknown {
  const length = input.int32();
  if (length === NULL_LENGTH) {
    return null;
  }
  const payload = input.bytes(length);
  try {
    return codec.decode(new ByteReader(payload));
  } catch {
    return payload;
  }
}

/** What a codec, a getter or a Proxy threw, as the error of the row. */
function encodeError(column: string | undefined, value: unknown, error: unknown): EncodeError {
  const reason = error instanceof Error ? error.message : `${describeValue(error)} was thrown`;
  return new EncodeError(column, value, reason, { cause: error });
}

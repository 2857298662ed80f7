import { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { NULL_LENGTH, type Codec } from "../codecs/codec.js";
import { isKeylessRecord } from "../codecs/record.js";
import { EncodeError } from "../errors.js";
import { encodeError, fieldWriter, type FieldWriter, type WritableColumn } from "./field-writer.js";

/**
 * Converts rows of one table to and from tuples of the binary COPY format: the number of fields, then
 * each field with its length (https://www.postgresql.org/docs/current/sql-copy.html, "Tuples").
 *
 * All lookups are done once, in the constructor.
 */
export class RowFormat<Row extends object> {
  readonly #names: readonly string[];
  readonly #codecs: readonly Codec<unknown>[];
  readonly #known: ReadonlySet<string>;
  readonly #writeFields: FieldWriter;

  constructor(columns: readonly WritableColumn[]) {
    this.#names = columns.map(({ name }) => name);
    this.#codecs = columns.map(({ codec }) => codec);
    this.#known = new Set(this.#names);
    this.#writeFields = fieldWriter(columns);
  }

  /**
   * Writes the row as a tuple.
   *
   * @throws EncodeError with the column. The caller discards the bytes that were written by then.
   */
  encode(row: Row, out: ByteWriter): void {
    if (typeof row !== "object" || row === null) {
      throw new EncodeError(undefined, row, NO_ROW);
    }
    // Before the row is read, because a getter of the row could send another row.
    out.int16(this.#names.length);
    this.#checkKeys(row as Record<string, unknown>);
    this.#writeFields(row as Record<string, unknown>, out);
  }

  /** Reads the tuple at the position of the reader. NULL is null. */
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
    let inherited = 0;
    try {
      // Most rows have their keys in the order of the columns, so that this compares pointers only.
      for (const key in row) {
        if (key !== names[position++] && !this.#known.has(key)) {
          if (Object.hasOwn(row, key)) {
            throw new EncodeError(key, row[key], "the table definition has no such column");
          }
          // A method of an ES5 class, or a property that a library has added to Object.prototype.
          inherited++;
        }
      }
      if (position === inherited && !isKeylessRecord(row, names)) {
        throw new EncodeError(undefined, row, NO_ROW);
      }
    } catch (error) {
      throw error instanceof EncodeError ? error : encodeError(undefined, row, error);
    }
  }
}

const NO_ROW = "a row must be an object with a key for each column";

/** A value, or its bytes if its codec cannot read them, so that the row is returned in any case. */
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

import { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { NULL_LENGTH, type Codec } from "../codecs/codec.js";
import { quoteIdentifier } from "../codecs/identifier.js";
import { isKeylessRecord } from "../codecs/record.js";
import { EncodeError } from "../errors.js";
import { encodeError, fieldWriter, type FieldWriter, type WritableColumn } from "./field-writer.js";
import { snakeCaseHint } from "./snake-case-hint.js";

/**
 * Converts rows of one table to and from tuples of the binary COPY format: the number of fields, then
 * each field with its length (https://www.postgresql.org/docs/current/sql-copy.html, "Tuples").
 *
 * All lookups are done once, in the constructor.
 */
export class RowFormat<Row extends object> {
  readonly columns: readonly WritableColumn[];
  readonly #keys: readonly string[];
  readonly #codecs: readonly Codec<unknown>[];
  readonly #known: ReadonlySet<string>;
  readonly #writeFields: FieldWriter;

  constructor(columns: readonly WritableColumn[]) {
    this.columns = columns;
    this.#keys = columns.map(({ key }) => key);
    this.#codecs = columns.map(({ codec }) => codec);
    this.#known = new Set(this.#keys);
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
    out.int16(this.#keys.length);
    this.#checkKeys(row as Record<string, unknown>);
    this.#writeFields(row as Record<string, unknown>, out);
  }

  /** Reads the tuple at the position of the reader. NULL is null. */
  decode(input: ByteReader): Row {
    const fields = input.int16();
    const row: Record<string, unknown> = {};
    for (let i = 0; i < fields; i++) {
      const value = readValue(this.#codecs[i]!, input);
      Object.defineProperty(row, this.#keys[i]!, {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return row as Row;
  }

  /** The key of a column, by its name in SQL. */
  keyOf(column: string): string | undefined {
    return this.columns.find(({ name }) => name === column)?.key;
  }

  /** Whether rows with these columns are written in the same way. */
  isFor(columns: readonly WritableColumn[]): boolean {
    return (
      columns.length === this.columns.length &&
      columns.every((column, index) => isSame(column, this.columns[index]!))
    );
  }

  #checkKeys(row: Record<string, unknown>): void {
    const keys = this.#keys;
    let position = 0;
    let inherited = 0;
    try {
      // Most rows have their keys in the order of the columns, so that this compares pointers only.
      for (const key in row) {
        if (key !== keys[position++] && !this.#known.has(key)) {
          if (Object.hasOwn(row, key)) {
            throw new EncodeError(key, row[key], noSuchColumn(key, this.columns));
          }
          // A method of an ES5 class, or a property that a library has added to Object.prototype.
          inherited++;
        }
      }
      if (position === inherited && !isKeylessRecord(row, keys)) {
        throw new EncodeError(undefined, row, NO_ROW);
      }
    } catch (error) {
      throw error instanceof EncodeError ? error : encodeError(undefined, row, error);
    }
  }
}

function isSame(one: WritableColumn, other: WritableColumn): boolean {
  return (
    one.key === other.key &&
    one.name === other.name &&
    one.isNullable === other.isNullable &&
    one.codec === other.codec &&
    one.type.oid === other.type.oid &&
    one.default === other.default &&
    one.makeDefault === other.makeDefault
  );
}

const NO_ROW = "a row must be an object with a key for each column";

/** With the key that may be meant: rows in camel case for names in snake_case, or the other way round. */
function noSuchColumn(key: string, columns: readonly WritableColumn[]): string {
  const named = columns.find(({ name }) => name === key);
  const unmapped = columns.filter((column) => column.key === column.name);
  const hint =
    named === undefined
      ? snakeCaseHint(key, unmapped)
      : `: the key of its column ${quoteIdentifier(key)} is ${JSON.stringify(named.key)}`;
  return `the table definition has no such column${hint}`;
}

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

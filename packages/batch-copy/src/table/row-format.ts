import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { readField, writeField, type Codec } from "../codecs/codec.js";
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
  readonly #hasInheritedNames: boolean;
  #isEncoding = false;

  constructor(columns: readonly WritableColumn[]) {
    this.#names = columns.map(({ name }) => name);
    this.#codecs = columns.map(({ codec }) => codec);
    this.#nullable = columns.map(({ isNullable }) => isNullable);
    this.#known = new Set(this.#names);
    this.#hasInheritedNames = this.#names.some((name) => name in Object.prototype);
  }

  /**
   * Writes the row as a tuple.
   *
   * @throws EncodeError that names the column; what was written by then is the caller's to undo.
   */
  encode(row: Row, out: ByteWriter): void {
    this.#enter(row);
    try {
      this.#refuseUnknownKeys(row as Record<string, unknown>);
      this.#writeTuple(row as Record<string, unknown>, out);
    } finally {
      this.#isEncoding = false;
    }
  }

  /** Reads the tuple at the reader's position; columns that are NULL are null. */
  decode(input: ByteReader): Row {
    const fields = input.int16();
    const row: Record<string, unknown> = {};
    for (let i = 0; i < fields; i++) {
      const value = readField(this.#codecs[i]!, input);
      Object.defineProperty(row, this.#names[i]!, {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return row as Row;
  }

  #enter(row: unknown): void {
    // A getter or toJSON of a row may call send(), in the middle of that row.
    if (this.#isEncoding) {
      throw new EncodeError(undefined, row, "sent while another row was being read");
    }
    if (typeof row !== "object" || row === null) {
      throw new EncodeError(undefined, row, "a row is an object with a key for each column");
    }
    this.#isEncoding = true;
  }

  #refuseUnknownKeys(row: Record<string, unknown>): void {
    const names = this.#names;
    let position = 0;
    // Most rows have their keys in the order of the columns: then this compares pointers only.
    for (const key in row) {
      if (key !== names[position++] && !this.#known.has(key)) {
        throw new EncodeError(key, row[key], "the table definition has no such column");
      }
    }
  }

  #writeTuple(row: Record<string, unknown>, out: ByteWriter): void {
    const names = this.#names;
    const codecs = this.#codecs;
    let column = 0;
    try {
      out.int16(names.length);
      for (; column < names.length; column++) {
        const value = this.#valueOf(row, names[column]!);
        if ((value === null || value === undefined) && !this.#nullable[column]!) {
          throw new TypeError("a value is missing, the column is NOT NULL");
        }
        writeField(codecs[column]!, value, out);
      }
    } catch (error) {
      throw this.#encodeError(row, names[column], error);
    }
  }

  #valueOf(row: Record<string, unknown>, name: string): unknown {
    // Every object has a `constructor`: a column of such a name counts only if the row owns the key.
    return this.#hasInheritedNames && !Object.hasOwn(row, name) ? undefined : row[name];
  }

  #encodeError(row: Record<string, unknown>, column: string | undefined, error: unknown): Error {
    const value = column === undefined ? row : readQuietly(row, column);
    const reason = error instanceof Error ? error.message : String(error);
    return new EncodeError(column, value, reason, { cause: error });
  }
}

/** The value for an error that may come from reading this very value. */
function readQuietly(row: Record<string, unknown>, column: string): unknown {
  try {
    return row[column];
  } catch {
    return undefined;
  }
}

import type { LentMemory } from "../batch/encoded-tuples.js";
import { NULL_LENGTH, type Codec } from "../codecs/codec.js";
import { timestamp } from "../codecs/datetime/date-time.js";
import { LimitError } from "../codecs/limit-error.js";
import { utf8Text } from "../codecs/text-form/utf8-text.js";
import type { TypeDescription } from "../codecs/type-description.js";
import { encodeError, MISSING, type WritableColumn } from "../table/field-writer.js";
import type { RowFormat } from "../table/row-format.js";
import { BlockWriter } from "./block-writer.js";
import { createEncoded, type EncodedRows } from "./encoded-rows.js";
import { textField, utcField, type TextField } from "./text-field.js";

/** A column, in the order in which an encoder takes the fields of a row. */
export interface EncoderColumn {
  /** Its key in rows. */
  readonly key: string;
  /** Its name in SQL. */
  readonly name: string;
  readonly type: TypeDescription;
  readonly isNullable: boolean;
}

/** Options of `encoder()`. */
export interface EncoderOptions {
  /**
   * In which time zone the text of a `timestamptz` is that has none, such as `2026-11-22 08:39:41`.
   * PostgreSQL takes that of the session.
   * @default none: such a text is an error
   */
  readonly timeZone?: "UTC" | undefined;
}

const FIRST_ROWS = 1024;

/**
 * Creates an encoder, whose constructor is private.
 *
 * @internal
 */
export let createEncoder: (
  format: RowFormat<object>,
  owner: object,
  options: EncoderOptions,
) => RowEncoder;

/**
 * Encodes rows field by field, without an object for each: from the bytes of a file, or from values. Rows
 * are gathered, and sent many at once.
 *
 * @example
 * const encoder = copier.encoder();
 * encoder.text(bytes, 0, 5); // the field of the first column
 * encoder.value(42); // of the second one
 * encoder.endRow(7);
 * await source.sendEncoded(encoder.take());
 */
export class RowEncoder {
  static {
    createEncoder = (format, owner, options) => new RowEncoder(format, owner, options);
  }
  /** The columns, in the order of the fields. */
  readonly columns: readonly EncoderColumn[];
  readonly #format: RowFormat<object>;
  readonly #owner: object;
  readonly #columns: readonly WritableColumn[];
  readonly #codecs: readonly Codec<unknown>[];
  readonly #texts: readonly TextField[];
  readonly #writer = new BlockWriter();
  #ends = new Uint32Array(FIRST_ROWS);
  #positions = new Float64Array(FIRST_ROWS);
  #rows = 0;
  /** The column of the next field. */
  #column = 0;
  /** The memory of the rows that were taken, until the next row is begun. */
  #lent: LentMemory | undefined;

  private constructor(format: RowFormat<object>, owner: object, { timeZone }: EncoderOptions) {
    this.#format = format;
    this.#owner = owner;
    this.#columns = format.columns;
    this.#codecs = format.columns.map(({ codec }) => codec);
    this.#texts = format.columns.map(({ codec, type }) => {
      return timeZone === "UTC" && type.name === "timestamptz" && type.schema === "pg_catalog"
        ? utcField(codec, localCodecOf(type))
        : textField(codec);
    });
    this.columns = format.columns.map(({ key, name, type, isNullable }) => {
      return { key, name, type, isNullable };
    });
  }

  /** How many rows are finished. */
  get rows(): number {
    return this.#rows;
  }

  /** Encoded bytes of the finished rows. */
  get bytes(): number {
    return this.#writer.bytesWritten;
  }

  /**
   * Writes the next field from its text form, as PostgreSQL reads it: UTF-8 from `start` to `end`.
   *
   * @throws EncodeError with the column. The row is undone: begin it again, or the next one.
   */
  text(bytes: Uint8Array, start: number, end: number): void {
    const column = this.#column;
    const out = this.#begin(column);
    try {
      if (!(start >= 0 && start <= end && end <= bytes.length)) {
        throw new RangeError(`there is no text from ${start} to ${end} in ${bytes.length} bytes`);
      }
      const field = out.openField();
      this.#texts[column]!(bytes, start, end, out);
      out.closeField(field);
      this.#column = column + 1;
    } catch (error) {
      throw this.#failed(column, shownText(bytes, start, end), error);
    }
  }

  /**
   * Writes the next field from a value that its column accepts.
   *
   * @throws EncodeError as {@link text}.
   */
  value(value: unknown): void {
    if (value === null || value === undefined) {
      this.null();
      return;
    }
    const column = this.#column;
    const out = this.#begin(column);
    try {
      const field = out.openField();
      this.#codecs[column]!.encode(value, out);
      out.closeField(field);
      this.#column = column + 1;
    } catch (error) {
      throw this.#failed(column, value, error);
    }
  }

  /**
   * Writes NULL as the next field.
   *
   * @throws EncodeError as {@link text}, if the column is NOT NULL.
   */
  null(): void {
    const column = this.#column;
    const out = this.#begin(column);
    if (!this.#columns[column]!.isNullable) {
      throw this.#failed(column, null, new LimitError(MISSING));
    }
    out.int32(NULL_LENGTH);
    this.#column = column + 1;
  }

  /**
   * Finishes the row.
   *
   * @param position a safe integer, 0 or more, above that of the row before
   * @throws RangeError if fields are missing, or the position is not above the last one; the row is undone.
   */
  endRow(position: number): void {
    const row = this.#rows;
    const isAbove = position > (row === 0 ? -1 : this.#positions[row - 1]!);
    if (this.#column !== this.#columns.length || !isAbove || !Number.isSafeInteger(position)) {
      throw this.#notARow(position);
    }
    if (row === this.#ends.length) {
      this.#makeRoom();
    }
    this.#writer.endTuple();
    this.#ends[row] = this.#writer.bytesWritten;
    this.#positions[row] = position;
    this.#rows = row + 1;
    this.#column = 0;
  }

  /** Undoes the unfinished row. */
  undoRow(): void {
    this.#writer.undoTuple();
    this.#column = 0;
  }

  /**
   * Returns the finished rows, to be sent. They are in the memory of the encoder: wait until `sendEncoded()`
   * resolves before you encode the next row.
   *
   * @throws Error if a row is unfinished.
   */
  take(): EncodedRows {
    if (this.#column !== 0) {
      throw new Error(
        `the row has ${this.#column} of ${this.#columns.length} fields: finish it before take(), or undo it`,
      );
    }
    const memory = this.#lent ?? { isReused: false };
    const rows = createEncoded({
      memory,
      owner: this.#owner,
      codec: this.#format,
      tuples: this.#writer.tuples,
      ends: this.#ends.subarray(0, this.#rows),
      positions: this.#positions.subarray(0, this.#rows),
    });
    this.#writer.reset();
    this.#rows = 0;
    this.#lent = memory;
    return rows;
  }

  #begin(column: number): BlockWriter {
    if (column === 0) {
      this.#takeBack();
      this.#writer.int16(this.#columns.length);
    } else if (column === this.#columns.length) {
      this.undoRow();
      throw new RangeError(`a row has ${column} fields, got more`);
    }
    return this.#writer;
  }

  #takeBack(): void {
    if (this.#lent !== undefined) {
      this.#lent.isReused = true;
      this.#lent = undefined;
    }
  }

  #failed(column: number, value: unknown, error: unknown): Error {
    this.undoRow();
    return encodeError(this.#columns[column], value, error);
  }

  #notARow(position: number): Error {
    const fields = this.#column;
    this.undoRow();
    return fields === this.#columns.length
      ? new RangeError(`positions must be safe integers from 0 that ascend, got ${position}`)
      : new RangeError(`the row has ${fields} of ${this.#columns.length} fields`);
  }

  #makeRoom(): void {
    const ends = new Uint32Array(2 * this.#rows);
    const positions = new Float64Array(2 * this.#rows);
    ends.set(this.#ends);
    positions.set(this.#positions);
    this.#ends = ends;
    this.#positions = positions;
  }
}

/** The codec of a `timestamp` with as many decimal places as a `timestamptz`. */
function localCodecOf(type: TypeDescription): Codec<unknown> {
  const precision = /\((\d)\)/.exec(type.sql)?.[1];
  const local = precision === undefined ? timestamp : timestamp(Number(precision));
  return local.codecFor(type);
}

/** What an error shows of a field. */
function shownText(bytes: Uint8Array, start: number, end: number): string {
  try {
    return utf8Text(bytes, start, end);
  } catch {
    return Buffer.from(bytes.subarray(start, end)).toString("latin1");
  }
}

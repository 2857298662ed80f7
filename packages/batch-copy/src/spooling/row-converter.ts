import type { RowCodec } from "../batch/row-codec.js";
import type { SourcePlace } from "../source/make-invalid-row.js";
import type { OwnSource } from "../source/own-source.js";
import type { StoredRows } from "../spool/frame-reader.js";
import type { StoredForm } from "../spool/stored-form.js";
import type { RowFormat } from "../table/row-format.js";
import { recodeRows, type ConvertedRows } from "./recode-rows.js";
import type { SpooledTarget } from "./spooled-target.js";
import { isSameForm } from "./stored-form.js";

/** Turns rows that are read from disk into those that are written: the table may have changed since. */
export class RowConverter<Row extends object> {
  readonly #target: Pick<SpooledTarget, "invalidRow">;
  /** How rows are written now. */
  #codec: RowCodec<Row>;
  #compared:
    | { readonly format: object; readonly form: StoredForm; readonly isSame: boolean }
    | undefined;

  constructor(codec: RowCodec<Row>, target: Pick<SpooledTarget, "invalidRow">) {
    this.#codec = codec;
    this.#target = target;
  }

  changeCodec(codec: RowCodec<Row>): void {
    this.#codec = codec;
  }

  /** The rows as they are written now. */
  convert(read: StoredRows, source: OwnSource): ConvertedRows {
    const format = this.#codec as RowFormat<Row>;
    const place = (number: number): SourcePlace => {
      return { source: source.name, position: BigInt(number) };
    };
    return this.#isWrittenAs(format, read.form)
      ? { codec: format, rows: read.rows, bytes: read.tuples.length, tuples: [read.tuples] }
      : recodeRows(read, format, (row, error, number) => {
          return this.#target.invalidRow(row, error, place(number));
        });
  }

  /** Whether rows of a form need not be written anew. Most frames have the form of the one before. */
  #isWrittenAs(format: RowFormat<Row>, form: StoredForm): boolean {
    const last = this.#compared;
    if (last?.format === format && last.form === form) {
      return last.isSame;
    }
    const isSame = isSameForm(form, format.columns);
    this.#compared = { format, form, isSame };
    return isSame;
  }
}

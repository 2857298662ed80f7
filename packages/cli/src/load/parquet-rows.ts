import { SCRATCH_FIELD, TEXT_FIELD, type Fields } from "../read/fields.js";
import type { ParquetFile } from "../read/parquet/parquet-file.js";
import { ParquetReader } from "../read/parquet/parquet-reader.js";
import type { RecordHandler } from "../read/record-reader.js";

/** Reads single rows of a Parquet file as JSON. Those with ascending numbers are read on the way. */
export class ParquetRows {
  readonly #file: ParquetFile;
  readonly #names: readonly string[];
  #reader: ParquetReader | undefined;
  /** Those that were read and may be asked for next, by their numbers. */
  #read = new Map<number, string>();
  /** The number of the next row that is read. */
  #next = 0;
  /** The number of the first row that is wanted. */
  #wanted = 0;
  /** Ends when the reader is free. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(file: ParquetFile) {
    this.#file = file;
    this.#names = file.columns.map(({ name }) => name);
  }

  /** The row with this number, counted from 0, as a line of NDJSON. */
  jsonOf(row: number): Promise<Uint8Array> {
    // Rows that the server rejects are asked for while others are read.
    const line = this.#turn.then(() => this.#lineOf(row));
    this.#turn = line.catch(() => {});
    return line;
  }

  async #lineOf(row: number): Promise<Uint8Array> {
    this.#wanted = row;
    if (this.#reader === undefined || (row < this.#next && !this.#read.has(row))) {
      this.#begin(row);
    }
    while (!this.#read.has(row) && this.#next <= row) {
      this.#read.clear();
      await this.#reader!.read();
    }
    return Buffer.from(`${this.#read.get(row) ?? "{}"}\n`);
  }

  #begin(row: number): void {
    const fields = this.#names.map((name) => ({ name, form: "json" as const }));
    this.#read.clear();
    this.#next = row;
    this.#reader = new ParquetReader(this.#file, fields, this.#handler, row);
  }

  get #handler(): RecordHandler {
    return {
      record: (fields, offset, end) => {
        this.#next = end;
        if (offset >= this.#wanted) {
          this.#read.set(offset, this.#jsonOf(fields));
        }
      },
      bad: ({ end }) => {
        this.#next = end;
      },
    };
  }

  #jsonOf({ bytes, ends, kinds, scratch, starts }: Fields): string {
    const members = this.#names.map((name, index) => {
      const kind = kinds[index];
      const source = kind === TEXT_FIELD ? bytes : kind === SCRATCH_FIELD ? scratch : undefined;
      const text =
        source === undefined
          ? "null"
          : Buffer.from(source.subarray(starts[index], ends[index])).toString();
      return `${JSON.stringify(name)}:${text}`;
    });
    return `{${members.join(",")}}`;
  }
}

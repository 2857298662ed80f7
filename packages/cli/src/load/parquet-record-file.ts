import { resolve } from "node:path";

import type { TableDescription } from "batch-copy";

import { columnNameOf } from "../file/column-name.js";
import type { Input } from "../input/open-input.js";
import type { LoadOptions } from "../options/load-options.js";
import { openParquet, type ParquetFile } from "../read/parquet/parquet-file.js";
import { ParquetReader, type ParquetField } from "../read/parquet/parquet-reader.js";
import type { RecordHandler } from "../read/record-reader.js";
import { shapeOf } from "./column-shape.js";
import { ParquetRows } from "./parquet-rows.js";
import type { RecordFile, RecordLine, RecordRange } from "./record-file.js";

/** A Parquet file. Its places are numbers of rows, counted from 0. */
class ParquetRecordFile implements RecordFile {
  readonly unit = "row";
  readonly format = "parquet";
  readonly name: string;
  readonly path: string;
  readonly fingerprint: RecordFile["fingerprint"];
  readonly fields: readonly string[];
  readonly header: Uint8Array = new Uint8Array(0);
  readonly bytesTotal: number | undefined;
  readonly #file: ParquetFile;
  readonly #read: readonly ParquetField[];
  readonly #rows: ParquetRows;
  #reader: ParquetReader | undefined;
  #from = 0;
  #row = 0;

  constructor(
    input: Input,
    file: ParquetFile,
    fields: readonly ParquetField[],
    fingerprint: RecordFile["fingerprint"],
  ) {
    this.name = input.name;
    this.path = resolve(input.path);
    this.fingerprint = fingerprint;
    this.fields = fields.map(({ name }) => name);
    this.bytesTotal = input.bytesTotal;
    this.#file = file;
    this.#read = fields;
    this.#rows = new ParquetRows(file);
  }

  readonly decision = undefined;

  get description(): string {
    const { groups, rowCount } = this.#file;
    return `Parquet, ${rowCount} rows in ${groups.length} row groups; columns: ${this.fields.join(", ")}`;
  }

  get end(): number {
    return this.#file.rowCount;
  }

  get bytesRead(): number {
    const { rowCount } = this.#file;
    return rowCount === 0 ? 0 : Math.round(((this.bytesTotal ?? 0) * this.#row) / rowCount);
  }

  get readEnd(): number | undefined {
    return this.#row === this.end ? this.end : undefined;
  }

  async *read(handler: RecordHandler, from: number): AsyncGenerator<void> {
    this.#from = from;
    this.#row = from;
    const counting: RecordHandler = {
      record: (fields, offset, end, line) => {
        this.#row = end;
        handler.record(fields, offset, end, line);
      },
      bad: (record) => {
        this.#row = record.end;
        handler.bad(record);
      },
    };
    const reader = new ParquetReader(this.#file, this.#read, counting, this.#from);
    this.#reader = reader;
    try {
      for (let isMore = true; isMore;) {
        isMore = await reader.read();
        yield;
      }
    } finally {
      this.#reader = undefined;
    }
  }

  stop(): void {
    this.#reader?.stop();
  }

  async lineOf(line: number): Promise<number> {
    return line;
  }

  sent(): void {}

  settled(): void {}

  recordAt(position: number): RecordLine {
    return { offset: position, end: position + 1, line: position + 1 };
  }

  /** As NDJSON, because a row of a Parquet file is no text of its own. */
  rawOf({ offset }: RecordRange): Promise<Uint8Array> {
    return this.#rows.jsonOf(offset);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/**
 * Opens a Parquet file.
 *
 * @throws ParquetError
 */
export async function openParquetRecords(
  input: Input,
  fingerprint: RecordFile["fingerprint"],
  table: TableDescription,
  options: LoadOptions,
): Promise<RecordFile> {
  const file = await openParquet(input.path);
  return new ParquetRecordFile(input, file, parquetFields(file, table, options), fingerprint);
}

/** The columns of the file that fill columns of the table, in the form that these take. */
function parquetFields(
  file: ParquetFile,
  table: TableDescription,
  options: LoadOptions,
): ParquetField[] {
  const names = options.columns?.filter((name) => name !== "");
  return (names ?? file.columns.map(({ name }) => name)).map((name) => {
    const column = columnNameOf(name, options);
    const { isArray, isJson } = shapeOf(table.columns.find((one) => one.name === column)?.type);
    return { name, form: formOf(isArray, isJson) };
  });
}

/** Elements of arrays of JSON are values; all else is written from its text. */
function formOf(isArray: boolean, isJson: boolean): ParquetField["form"] {
  return isJson ? (isArray ? "value" : "json") : "text";
}

import { Fields } from "../fields.js";
import type { RecordHandler } from "../record-reader.js";
import { Scratch } from "../scratch.js";
import { openColumn, type ColumnSource, type FieldForm } from "./column-source.js";
import { ParquetError } from "./parquet-error.js";
import type { ParquetFile } from "./parquet-file.js";
import type { ParquetColumn } from "./schema.js";

/** A column that is read. */
export interface ParquetField {
  readonly name: string;
  readonly form: FieldForm;
}

/** The most rows that are handed on at once. */
const MAX_ROWS = 4096;

/**
 * Reads the rows of a Parquet file, and of these only the columns that are asked for. Each call of
 * {@link read} hands on some rows: of each column it keeps one page in memory (and one dictionary). The
 * place of a row is its number in the file, counted from 0.
 */
export class ParquetReader {
  readonly #file: ParquetFile;
  readonly #columns: readonly { readonly column: ParquetColumn; readonly form: FieldForm }[];
  readonly #handler: RecordHandler;
  readonly #fields: Fields;
  readonly #scratch: Scratch;
  /** The columns in the group of the next row. */
  #sources: ColumnSource[] = [];
  #group = -1;
  #groupEnd: number;
  #row: number;
  #isStopped = false;

  /**
   * @param startRow the number of the first row that is read, counted from 0
   * @throws ParquetError if the file has no such column, or none that can be read
   */
  constructor(
    file: ParquetFile,
    fields: readonly ParquetField[],
    handler: RecordHandler,
    startRow = 0,
  ) {
    this.#file = file;
    this.#columns = fields.map(({ name, form }) => ({ column: columnOf(file, name), form }));
    this.#handler = handler;
    this.#fields = new Fields(fields.length);
    this.#fields.count = fields.length;
    this.#fields.values.length = fields.length;
    this.#scratch = new Scratch(this.#fields);
    this.#row = startRow;
    this.#groupEnd = startRow;
  }

  /**
   * Hands on the next rows.
   *
   * @returns false if there are no more
   * @throws ParquetError if the file is damaged
   */
  async read(): Promise<boolean> {
    if (this.#isStopped || this.#row >= this.#file.rowCount) {
      return false;
    }
    if (this.#row >= this.#groupEnd) {
      await this.#openGroup();
    }
    let rows = Math.min(MAX_ROWS, this.#groupEnd - this.#row);
    for (const [index, source] of this.#sources.entries()) {
      await this.#attempt(index, () => loadAll(source));
      rows = Math.min(rows, ...source.streams.map((stream) => stream.rows));
    }
    for (let i = 0; i < rows && !this.#isStopped; i++) {
      this.#readRow();
    }
    return !this.#isStopped && this.#row < this.#file.rowCount;
  }

  /** Makes `read()` return after the current row; nothing more is read. */
  stop(): void {
    this.#isStopped = true;
  }

  async #openGroup(): Promise<void> {
    const { groups } = this.#file;
    this.#group = groups.findIndex(({ firstRow, rows }) => this.#row < firstRow + rows);
    const group = groups[this.#group]!;
    this.#groupEnd = group.firstRow + group.rows;
    this.#sources = [];
    for (const [index, { column, form }] of this.#columns.entries()) {
      await this.#attempt(index, async () => {
        const source = openColumn(
          column.node,
          form,
          (leaf) => this.#file.pagesOf(leaf, group),
          this.#scratch,
        );
        this.#sources.push(source);
        for (const stream of source.streams) {
          await stream.skip(this.#row - group.firstRow);
        }
      });
    }
  }

  #readRow(): void {
    const sources = this.#sources;
    const fields = this.#fields;
    const row = this.#row++;
    let reason: string | undefined;
    this.#scratch.reset();
    for (let i = 0; i < sources.length; i++) {
      try {
        sources[i]!.put(fields, i);
      } catch (error) {
        if (!(error instanceof RangeError)) {
          throw this.#failure(i, error);
        }
        reason ??= `column ${JSON.stringify(this.#columns[i]!.column.name)}: ${error.message}`;
      }
    }
    if (reason === undefined) {
      this.#handler.record(fields, row, row + 1, row + 1);
    } else {
      this.#handler.bad({ reason, offset: row, end: row + 1, line: row + 1 });
    }
  }

  async #attempt(index: number, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      throw this.#failure(index, error);
    }
  }

  #failure(index: number, error: unknown): ParquetError {
    const name = JSON.stringify(this.#columns[index]!.column.name);
    return ParquetError.of(`column ${name} in row group ${this.#group + 1}`, error);
  }
}

async function loadAll({ streams }: ColumnSource): Promise<void> {
  for (const stream of streams) {
    await stream.load();
  }
}

function columnOf({ columns, unreadable }: ParquetFile, name: string): ParquetColumn {
  const column = columns.find((each) => each.name === name);
  if (column === undefined) {
    const problem = unreadable.get(name);
    throw new ParquetError(
      problem === undefined
        ? `The file has no column ${JSON.stringify(name)}`
        : `Cannot read column ${JSON.stringify(name)}: ${problem}`,
    );
  }
  return column;
}

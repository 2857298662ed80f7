import type { RowCodec } from "../batch/row-codec.js";
import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import type { RowFormat } from "../table/row-format.js";
import type { SpannedRow, SpannedTable } from "./spanned-table.js";

/** What stands before the tuple of the table: the number of fields, the first field, the next length. */
const NUMBER_AT = 2 + 4;
const TUPLE_AT = NUMBER_AT + 4 + 4;

/**
 * Writes rows of several tables as tuples of two fields: the number of the table, and the tuple as the
 * table takes it. So they are gathered in one batch, in the order in which they were sent.
 */
export class SpannedCodec implements RowCodec<SpannedRow> {
  /** By the tables' numbers. */
  readonly #tables: SpannedTable[] = [];
  readonly #formats: RowFormat<object>[] = [];

  /** @param tables whose rows are written as they are now */
  constructor(tables: Iterable<SpannedTable>) {
    for (const table of tables) {
      this.add(table);
    }
  }

  /** Adds a table, none of whose rows were written. */
  add(table: SpannedTable): void {
    this.#tables[table.number] = table;
    this.#formats[table.number] = table.format();
  }

  encode({ table, row }: SpannedRow, out: ByteWriter): void {
    out.int16(2);
    out.int32(4);
    out.int32(table.number);
    const field = out.openField();
    this.formatOf(table).encode(row, out);
    out.closeField(field);
  }

  decode(tuple: ByteReader): SpannedRow {
    tuple.bytes(NUMBER_AT);
    const table = this.#tables[tuple.int32()]!;
    tuple.int32();
    return { table, row: this.formatOf(table).decode(tuple) };
  }

  /** Each table has columns of its own. */
  keyOf(): undefined {}

  /** How the rows of a table are written. One that has left may have rows that are written again. */
  formatOf(table: SpannedTable): RowFormat<object> {
    if (this.#formats[table.number] === undefined) {
      this.add(table);
    }
    return this.#formats[table.number]!;
  }

  /** The table of a row. */
  tableOf(tuple: Buffer): SpannedTable {
    return this.#tables[tuple.readInt32BE(NUMBER_AT)]!;
  }
}

/** A row as its table takes it. */
export function tupleOf(tuple: Buffer): Buffer {
  return tuple.subarray(TUPLE_AT);
}

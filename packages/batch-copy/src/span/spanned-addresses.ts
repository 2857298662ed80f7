import type { Batch } from "../batch/batch.js";
import { PagePool } from "../batch/page-pool.js";
import { PageWriter } from "../batch/page-writer.js";
import { fieldsOf } from "../copy/row-fields.js";
import type {
  AddressedRows,
  AddressedSlice,
  Addresses,
  Division,
  UndividedRows,
} from "../delivery/addresses.js";
import type { BatchRows } from "../delivery/batch-rows.js";
import { tupleOf, type SpannedCodec } from "./spanned-codec.js";
import type { SpannedRow, SpannedTable } from "./spanned-table.js";
import type { SpannedTables } from "./spanned-tables.js";

/** Each row of a batch says to which table it goes. */
export class SpannedAddresses implements Addresses {
  readonly #tables: SpannedTables;
  readonly reorder: Addresses["reorder"];

  constructor(tables: SpannedTables, reorder: Addresses["reorder"]) {
    this.#tables = tables;
    this.reorder = reorder;
  }

  /** Sources keep the order. The server keeps it only between tables that COPY fills. */
  get order(): Addresses["order"] {
    const writes = Array.from(this.#tables.all, ({ destination }) => destination.write());
    return {
      isOrdered: writes.some(({ isOrdered }) => isOrdered),
      mayBeHeldBack: writes.every(({ mayBeHeldBack }) => mayBeHeldBack),
    };
  }

  divide({ batch, tuples }: UndividedRows): Division {
    const codec = batch.codec as SpannedCodec;
    const piles = new Map<SpannedTable, Pile>();
    let row = 0;
    for (const tuple of tuples()) {
      const table = codec.tableOf(tuple);
      let pile = piles.get(table);
      if (pile === undefined) {
        pile = new Pile();
        piles.set(table, pile);
      }
      pile.add(tupleOf(tuple), row++);
    }
    const tables = this.#tables.inOrder(piles.keys());
    const rows = tables.flatMap((table) => piles.get(table)!.rows);
    const parts = tables.map((table) => piles.get(table)!.partOf(table));
    return { parts, rowOf: (number) => rows[number]! };
  }

  *ranges(batch: Batch, rows: BatchRows, from: number, to: number): Generator<AddressedRows> {
    const codec = batch.codec as SpannedCodec;
    const ownRows = {
      row: (row: number) => (rows.row(row) as SpannedRow).row,
      fields: (row: number) => fieldsOf(tupleOf(rows.tuple(row))),
    };
    const tableOf = (row: number): SpannedTable => codec.tableOf(rows.tuple(row));
    for (let start = from; start < to;) {
      const table = tableOf(start);
      let end = start + 1;
      while (end < to && tableOf(end) === table) {
        end++;
      }
      const { destination } = table;
      yield { from: start, to: end, destination, rows: ownRows, codec: codec.formatOf(table) };
      start = end;
    }
  }
}

/** The rows of one table. */
class Pile {
  /** Their numbers among the rows of all tables. */
  readonly rows: number[] = [];
  readonly #writer = new PageWriter(new PagePool());
  #bytes = 0;

  add(tuple: Buffer, row: number): void {
    this.rows.push(row);
    this.#writer.bytes(tuple);
    this.#writer.endTuple();
    this.#bytes += tuple.length;
  }

  partOf({ destination }: SpannedTable): AddressedSlice {
    const messages = this.#writer.takePages(1).map(({ message }) => message);
    return { destination, slice: { rows: this.rows.length, bytes: this.#bytes, messages } };
  }
}

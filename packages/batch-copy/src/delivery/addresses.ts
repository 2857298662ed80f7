import type { Batch } from "../batch/batch.js";
import type { RowCodec } from "../batch/row-codec.js";
import type { RowRange } from "../batch/units.js";
import type { Slice } from "../copy/copy-writer.js";
import type { TableWrite } from "../transaction/write.js";
import type { BatchRows } from "./batch-rows.js";
import type { Destination } from "./destination.js";
import type { ReadableRows } from "./readable-rows.js";

/** Knows to which table each row of a batch goes. */
export interface Addresses {
  /** Whether the order of rows matters, and how it may be kept. */
  readonly order: Pick<TableWrite, "isOrdered" | "mayBeHeldBack">;
  /** Divides rows by their tables. */
  divide(rows: UndividedRows): Division;
  /**
   * Looks up again in which order tables have to be written; resolves to whether it has changed.
   *
   * @throws ConnectError
   */
  reorder(): Promise<boolean>;
  /** The ranges of rows from `from` to before `to` that go to one table each. */
  ranges(batch: Batch, rows: BatchRows, from: number, to: number): Iterable<AddressedRows>;
}

/** The rows of a transaction. */
export interface UndividedRows {
  readonly batch: Batch;
  readonly slice: Slice;
  /** The bytes of each row. */
  readonly tuples: () => Iterable<Buffer>;
}

/** The rows of a transaction, by table. */
export interface Division {
  /** In the order in which the tables are written. */
  readonly parts: readonly AddressedSlice[];
  /** The number of a row before the division, by its number in all parts, one after the other. */
  rowOf(row: number): number;
}

/** What is written to one table. */
export interface AddressedSlice {
  readonly destination: Destination;
  readonly slice: Slice;
}

/** Rows of a batch that go to one table. */
export interface AddressedRows extends RowRange {
  readonly destination: Destination;
  readonly rows: ReadableRows;
  /** They were written with it. */
  readonly codec: RowCodec<unknown>;
}

/** All rows go to one table. */
export class OneAddress implements Addresses {
  readonly #destination: Destination;

  constructor(destination: Destination) {
    this.#destination = destination;
  }

  get order(): TableWrite {
    return this.#destination.write();
  }

  divide({ slice }: UndividedRows): Division {
    return { parts: [{ destination: this.#destination, slice }], rowOf };
  }

  reorder(): Promise<boolean> {
    return Promise.resolve(false);
  }

  ranges({ codec }: Batch, rows: BatchRows, from: number, to: number): AddressedRows[] {
    return [{ from, to, destination: this.#destination, rows, codec }];
  }
}

function rowOf(row: number): number {
  return row;
}

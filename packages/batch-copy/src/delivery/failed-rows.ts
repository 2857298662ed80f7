import type { Batch } from "../batch/batch.js";
import type { RowCodec } from "../batch/row-codec.js";
import { UndeliveredError, type RowsInDoubt } from "../errors.js";
import { nextTurn } from "../timers.js";
import type { FailedFate } from "./fate.js";
import type { ReadableRows } from "./readable-rows.js";

/**
 * Rows of a batch with one fate that went to one table, from `next` to before `to`. They stay bytes until
 * they are read.
 */
export interface FailedRows {
  readonly batch: Batch;
  readonly rows: ReadableRows;
  /** They were written with it. */
  readonly codec: RowCodec<unknown>;
  readonly fate: FailedFate;
  readonly from: number;
  readonly to: number;
  /** The first row that was not reported yet. */
  next: number;
}

/** Rows after which the event loop gets a turn. */
const ROWS_PER_TURN = 2000;

/** The rows that were not reported yet, except those of an `insert()` that was not given up. */
export async function* remainingRows({
  batch,
  rows,
  next,
  to,
}: FailedRows): AsyncGenerator<readonly [position: number, row: object]> {
  for (let position = next; position < to; position++) {
    if (batch.inserts.of(position) === undefined) {
      yield [position, rows.row(position)];
    }
    if ((position + 1) % ROWS_PER_TURN === 0) {
      await nextTurn();
    }
  }
}

/** Collects the rows that an abandoned delivery hands back. */
export class Remains {
  readonly #message: string;
  readonly #table: string;
  readonly #rows: object[] = [];
  readonly #inDoubt: RowsInDoubt[] = [];

  constructor(message: string, table: string) {
    this.#message = message;
    this.#table = table;
  }

  get isEmpty(): boolean {
    return this.#rows.length === 0 && this.#inDoubt.length === 0;
  }

  async add(failed: FailedRows): Promise<void> {
    const { fate } = failed;
    const rows: object[] = fate.kind === "unknown" ? [] : this.#rows;
    for await (const [, row] of remainingRows(failed)) {
      rows.push(row);
    }
    if (fate.kind === "unknown" && rows.length > 0) {
      this.#inDoubt.push({ xid: fate.xid, source: fate.source, rows });
    }
  }

  /** @param cause an error that is reported with it */
  error(cause: Error | undefined): UndeliveredError {
    const options = { table: this.#table, ...(cause !== undefined && { cause }) };
    return new UndeliveredError(this.#message, this.#rows, this.#inDoubt, options);
  }
}

import { setImmediate as turn } from "node:timers/promises";

import type { Batch } from "../batch/batch.js";
import { UndeliveredError, type RowsInDoubt } from "../errors.js";
import { tuplesOf, type RowDecoder } from "./batch-rows.js";
import type { FailedOutcome } from "./row-error.js";

/** A batch whose rows are not in the table, as far as is known. It stays bytes until they are read. */
export interface FailedBatch {
  readonly batch: Batch;
  readonly outcome: FailedOutcome;
  /** The position of the first row that nobody was told of yet. */
  next: number;
}

/** After so many rows the event loop comes round once. */
const ROWS_PER_TURN = 2000;

/** The rows of a failed batch that are not those of an `insert()`, whose callers are told. */
export async function* remainingRows<Row>(
  { batch, next }: FailedBatch,
  decoder: RowDecoder<Row>,
): AsyncGenerator<readonly [position: number, row: Row]> {
  let position = 0;
  for (const tuple of tuplesOf(batch)) {
    if (position >= next && !batch.inserts.has(position)) {
      yield [position, decoder.decode(tuple)];
    }
    position++;
    if (position % ROWS_PER_TURN === 0) {
      await turn();
    }
  }
}

/** Gathers the rows that an abandoned delivery gives back. */
export class Remains {
  readonly #message: string;
  readonly #rows: object[] = [];
  readonly #inDoubt: RowsInDoubt[] = [];

  constructor(message: string) {
    this.#message = message;
  }

  get isEmpty(): boolean {
    return this.#rows.length === 0 && this.#inDoubt.length === 0;
  }

  async add(failed: FailedBatch, decoder: RowDecoder<object>): Promise<void> {
    const rows: object[] = failed.outcome.kind === "unknown" ? [] : this.#rows;
    for await (const [, row] of remainingRows(failed, decoder)) {
      rows.push(row);
    }
    if (failed.outcome.kind === "unknown" && rows.length > 0) {
      this.#inDoubt.push({ xid: failed.outcome.xid, rows });
    }
  }

  /** @param cause what else there is to tell */
  error(cause: Error | undefined): UndeliveredError {
    const options = cause === undefined ? {} : { cause };
    return new UndeliveredError(this.#message, this.#rows, this.#inDoubt, options);
  }
}

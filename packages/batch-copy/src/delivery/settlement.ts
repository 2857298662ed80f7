import type { Batch } from "../batch/batch.js";
import type { FlushPoint } from "../batch/batcher.js";
import { toError } from "../copy/call-out.js";
import { rejectChannel, type RejectMessage } from "../diagnostics.js";
import { RowsRejectedError, type Rejection } from "../errors.js";
import type { Written } from "../transaction/write.js";
import type { Alarm } from "./alarm.js";
import { BatchRows } from "./batch-rows.js";
import { Remains, type FailedRows } from "./failed-rows.js";
import type { FailedFate, Fate } from "./fate.js";
import { FlushTracker } from "./flush-tracker.js";
import type { DeliveredSource } from "./load.js";
import { Rejecter } from "./rejecter.js";
import { rowError, sourceError } from "./row-error.js";

/** What settlement works with. */
export interface SettlementParts<Row extends object> {
  /** The table's qualified name. */
  readonly table: string;
  readonly onReject: ((rejection: Rejection<Row>) => void | Promise<void>) | undefined;
  /** What shares the buffer: rows that `onReject` sends to it do not wait for room. */
  readonly group: object;
  readonly alarm: Alarm;
  /** Called when the batch's bytes are not needed any more. */
  readonly onReleased: (batch: Batch) => void;
}

/** The outcomes of rows so far. */
export interface RowCounts {
  rowsCommitted: number;
  rowsUpdated: number;
  rowsIgnored: number;
  rowsSkipped: number;
  rowsRejected: number;
  rowsInDoubt: number;
}

/** Reports the fate of each row: to its `insert()`, to `onReject`, or by the flushes that cover it. */
export class Settlement<Row extends object> {
  readonly #parts: SettlementParts<Row>;
  readonly #flushes = new FlushTracker();
  readonly #rejecter: Rejecter<Row>;
  readonly counts: RowCounts = {
    rowsCommitted: 0,
    rowsUpdated: 0,
    rowsIgnored: 0,
    rowsSkipped: 0,
    rowsRejected: 0,
    rowsInDoubt: 0,
  };
  /** How many rows of a batch are still to be settled, if it is settled in parts. */
  readonly #unsettled = new Map<Batch, number>();
  /** Rows that failed after the delivery was abandoned. */
  #abandoned: FailedRows[] = [];
  #isAbandoned = false;

  constructor(parts: SettlementParts<Row>) {
    this.#parts = parts;
    this.#rejecter = new Rejecter(parts);
  }

  /** Whether the current code runs in `onReject` of this table. */
  get isHandlingRejection(): boolean {
    return this.#rejecter.isHandling;
  }

  /** Resolves when all rows up to the point are settled. */
  flush(point: FlushPoint): Promise<void> {
    return this.#flushes.flush(point);
  }

  /** Settles a batch whose rows all have the same fate. */
  settleBatch(batch: Batch, fate: Fate): void {
    if (fate.kind === "committed") {
      this.#countCommitted(batch, 0, batch.rows, fate.written);
      batch.inserts.resolveAll();
      this.#release(batch);
      return;
    }
    void this.settleRows(batch, new BatchRows(batch), 0, batch.rows, fate);
    if (batch.rows === 0) {
      this.endSources(batch, 0, fate);
      this.#release(batch);
    }
  }

  /**
   * Settles the rows from `from` to before `to`.
   *
   * @returns resolves when all of them are reported
   */
  settleRows(
    batch: Batch,
    rows: BatchRows,
    from: number,
    to: number,
    fate: Fate,
  ): Promise<unknown> | undefined {
    if (fate.kind === "committed") {
      this.#countCommitted(batch, from, to, fate.written);
      for (let position = from; position < to && !batch.inserts.isEmpty; position++) {
        batch.inserts.of(position)?.resolve();
      }
      this.#conclude(batch, to - from);
      return undefined;
    }
    const { units } = batch;
    const pieces = units === undefined ? [{ from, to, source: undefined }] : units.pieces(from, to);
    const reported: Promise<void>[] = [];
    for (const piece of pieces) {
      const source = piece.source as DeliveredSource | undefined;
      const failed = { ...piece, source, batch, rows, fate, next: piece.from };
      reported.push(this.#handBack(failed));
    }
    return Promise.all(reported);
  }

  /** Ends the sources of the units before this row, because they cannot move past them. */
  endSources({ units }: Batch, to: number, fate: FailedFate): void {
    for (const [source, next] of units?.lastOf(to) ?? []) {
      if (next > source.position) {
        (source as DeliveredSource).end(sourceError(this.#parts.table, fate));
      }
    }
  }

  /** Settles a row whose dead letter is committed: only `onReject` hears of it. */
  settleKept(batch: Batch, rows: BatchRows, row: number, fate: FailedFate): void {
    void this.#handBack({ batch, rows, fate, from: row, to: row + 1, next: row, isKept: true });
  }

  /**
   * From now on only callers of `insert()` get the errors of their rows: the other rows remain.
   */
  abandon(): void {
    this.#abandoned = this.#rejecter.abandon();
    this.#isAbandoned = true;
  }

  /** Ends the flushes that wait for what remains with an error that has it. */
  async handOverRemains(message: string): Promise<void> {
    const remains = new Remains(message, this.#parts.table);
    for (const failed of this.#abandoned) {
      if (failed.isKept !== true && failed.source === undefined) {
        await remains.add(failed);
      }
    }
    if (!remains.isEmpty) {
      this.#flushes.abandon((cause) => remains.error(cause));
    }
    this.#abandoned.forEach((failed) => this.#concludeFailed(failed));
  }

  /** Resolves when all rows are reported. */
  #handBack(failed: FailedRows): Promise<void> {
    const { batch, from, to, fate, source } = failed;
    if (source !== undefined && (fate.kind !== "refused" || source.isEnded)) {
      source.end(sourceError(this.#parts.table, fate));
      this.#concludeFailed(failed);
      return Promise.resolve();
    }
    if (rejectChannel.hasSubscribers) {
      const { table } = this.#parts;
      const message: RejectMessage = { table, rows: to - from, error: fate.error };
      rejectChannel.publish(message);
    }
    this.#rejectInserts(failed);
    if (failed.isKept === true && (this.#isAbandoned || this.#parts.onReject === undefined)) {
      this.#concludeFailed(failed);
      return Promise.resolve();
    }
    if (this.#isAbandoned) {
      this.#abandoned.push(failed);
      return Promise.resolve();
    }
    const { sequence } = batch;
    const handedOver = this.#rejecter.reject(failed, (position, rejection, cause) => {
      if (source !== undefined) {
        const rejections = rejection === undefined ? [] : [rejection];
        source.end(new RowsRejectedError(to - from, rejections, { cause }));
      } else if (!this.#flushes.reject({ sequence, position, rejection, cause })) {
        this.#warnOfUnreported(fate, cause);
      }
    });
    return handedOver.then(() => {
      // Otherwise they are among the remains of an abandoned delivery.
      if (!this.#isAbandoned) {
        this.#concludeFailed(failed);
      }
    });
  }

  /** A service that never flushes would otherwise lose rows in silence. */
  #warnOfUnreported({ error }: FailedFate, cause: unknown): void {
    const { alarm, table } = this.#parts;
    const why =
      cause === undefined
        ? "set onReject to get them"
        : `onReject failed: ${toError(cause).message}`;
    alarm.sound("unreported", `${table}: rows were not written (${why}): ${error.message}`);
  }

  #rejectInserts({ batch, rows, from, to, fate }: FailedRows): void {
    for (let position = from; position < to && !batch.inserts.isEmpty; position++) {
      const insert = batch.inserts.of(position);
      insert?.reject(rowError(this.#parts.table, rows.row(position), fate, batch.codec));
    }
  }

  #countCommitted(
    { units }: Batch,
    from: number,
    to: number,
    { rows, updated, ignored }: Written,
  ): void {
    const ended = units?.endedRows(from, to) ?? 0;
    const sent = to - from - ended;
    this.counts.rowsRejected += ended;
    this.counts.rowsCommitted += rows;
    this.counts.rowsUpdated += updated;
    this.counts.rowsIgnored += ignored;
    this.counts.rowsSkipped += sent - rows - ignored;
  }

  /** The rows are reported. */
  #concludeFailed({ batch, from, to, fate }: FailedRows): void {
    if (fate.kind === "unknown") {
      this.counts.rowsInDoubt += to - from;
    } else {
      this.counts.rowsRejected += to - from;
    }
    this.#conclude(batch, to - from);
  }

  #conclude(batch: Batch, rows: number): void {
    const left = (this.#unsettled.get(batch) ?? batch.rows) - rows;
    if (left > 0) {
      this.#unsettled.set(batch, left);
    } else {
      this.#unsettled.delete(batch);
      this.#release(batch);
    }
  }

  #release(batch: Batch): void {
    this.#parts.onReleased(batch);
    this.#flushes.settle(batch.sequence);
  }
}

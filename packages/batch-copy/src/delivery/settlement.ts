import type { FlushPoint } from "../batch/batch-queue.js";
import type { Batch } from "../batch/batch.js";
import { toError } from "../copy/call-out.js";
import { rejectChannel, type RejectMessage } from "../diagnostics.js";
import { RowsRejectedError } from "../errors.js";
import type { Addresses } from "./addresses.js";
import { BatchRows } from "./batch-rows.js";
import type { Destination } from "./destination.js";
import { Remains, type FailedRows } from "./failed-rows.js";
import type { FailedFate, Fate, TableWritten } from "./fate.js";
import { FlushTracker } from "./flush-tracker.js";
import type { DeliveredInvalidRow, DeliveredSource } from "./load.js";
import { rowError, sourceError } from "./row-error.js";

/** What settlement works with. */
export interface SettlementParts {
  readonly addresses: Addresses;
  /** The qualified names of all tables. */
  readonly table: string;
  /** Called when the batch's bytes are not needed any more. */
  readonly onReleased: (batch: Batch) => void;
}

/** Failed rows on their way to whoever is told of them. */
interface HandedRows extends FailedRows {
  readonly destination: Destination;
  /** Whether they are stored as dead letters, so that nobody else has to report them. */
  readonly isKept?: boolean;
  /** The source that they belong to: nobody gets them back if it ends. */
  readonly source?: DeliveredSource | undefined;
  /** How many rows of all tables were rejected with them. */
  readonly together: number;
}

/** An invalid row whose letter is stored. */
interface KeptInvalid {
  readonly batch: Batch;
  readonly row: DeliveredInvalidRow;
  /** How many rows of the batch come before it. */
  readonly at: number;
  /** The position that it was sent with, if senders know it. */
  readonly position: bigint | undefined;
}

/** Reports the fate of each row: to its `insert()`, to `onReject`, or by the flushes that cover it. */
export class Settlement {
  readonly #parts: SettlementParts;
  readonly #flushes = new FlushTracker();
  /** What was passed to `onReject` and is not reported yet. */
  readonly #handed = new Set<HandedRows>();
  /** How many rows of a batch are still to be settled, if it is settled in parts. */
  readonly #unsettled = new Map<Batch, number>();
  /** Rows that failed after the delivery was abandoned. */
  #abandoned: HandedRows[] = [];
  #isAbandoned = false;
  /** Invalid rows whose letters are stored, and which `onReject` has not taken yet. */
  readonly #untold = new Set<KeptInvalid>();

  constructor(parts: SettlementParts) {
    this.#parts = parts;
  }

  /** Resolves when all rows up to the point are settled. */
  flush(point: FlushPoint): Promise<void> {
    return this.#flushes.flush(point);
  }

  /** Settles a batch whose rows all have the same fate. */
  settleBatch(batch: Batch, fate: Fate): void {
    if (fate.kind === "committed") {
      this.#countCommitted(batch, 0, batch.rows, fate.written);
      settleInserts(batch);
    } else {
      void this.settleRows(batch, new BatchRows(batch), 0, batch.rows, fate);
      this.endSources(batch, batch.rows, fate);
    }
    if (fate.kind === "committed" || batch.rows === 0) {
      this.#conclude(batch, batch.rows);
    }
    this.settleInvalid(batch);
    this.settleSources(batch);
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
      this.settleSources(batch);
      return undefined;
    }
    const { units } = batch;
    const pieces = units === undefined ? [{ from, to, source: undefined }] : units.pieces(from, to);
    const reported: Promise<void>[] = [];
    for (const piece of pieces) {
      const source = piece.source as DeliveredSource | undefined;
      const shared = { source, batch, fate, together: piece.to - piece.from };
      for (const range of this.#parts.addresses.ranges(batch, rows, piece.from, piece.to)) {
        reported.push(this.#handBack({ ...range, ...shared, next: range.from }));
      }
    }
    return Promise.all(reported);
  }

  /** Ends the sources of the units before this row, because they cannot move past them. */
  endSources({ units }: Batch, to: number, fate: FailedFate): void {
    for (const [source, next] of units?.lastOf(to) ?? []) {
      if (next > source.position) {
        endSource(source as DeliveredSource, this.#parts.table, fate);
      }
    }
  }

  /** Tells the sources that the rows which they have passed are counted. */
  settleSources({ units }: Batch): void {
    for (const source of units?.sources ?? []) {
      (source as DeliveredSource).settled();
    }
  }

  /** Settles the invalid rows whose positions are passed, or whose sources have ended. */
  settleInvalid(batch: Batch): void {
    for (const { at, rows, position, isKept } of batch.units?.takeSettledInvalid() ?? []) {
      for (const row of rows as DeliveredInvalidRow[]) {
        if (isKept) {
          this.#reportKept({ batch, row, at, position });
        } else {
          this.#concludeInvalid({ batch, row });
        }
      }
    }
  }

  /** Settles a row whose dead letter is committed: only `onReject` hears of it. */
  settleKept(batch: Batch, rows: BatchRows, row: number, fate: FailedFate): void {
    for (const range of this.#parts.addresses.ranges(batch, rows, row, row + 1)) {
      void this.#handBack({ ...range, batch, fate, next: row, isKept: true, together: 1 });
    }
  }

  /**
   * From now on only callers of `insert()` get the errors of their rows: the other rows remain.
   */
  abandon(): void {
    this.#abandoned = [...this.#handed].filter((failed) => {
      return failed.destination.rejecter.abandon(failed);
    });
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
    this.#untold.forEach((kept) => this.#concludeInvalid(kept));
    this.#untold.clear();
  }

  #reportKept(kept: KeptInvalid): void {
    const {
      batch,
      at,
      position,
      row: { destination, row, error },
    } = kept;
    const { table, rejecter } = destination;
    if (rejectChannel.hasSubscribers) {
      rejectChannel.publish({ table, rows: 1, error } satisfies RejectMessage);
    }
    if (this.#isAbandoned || !rejecter.hasHandler) {
      this.#concludeInvalid(kept);
      return;
    }
    this.#untold.add(kept);
    const rejection = { table, row, error, ...(position !== undefined && { position }) };
    const told = rejecter.rejectOne(
      rejection,
      () => this.#isAbandoned,
      (cause) => {
        // Flushes count the rows of the batch: one that came after it covers the row before it, too.
        const covered = { sequence: batch.sequence, position: at - 1 };
        if (!this.#flushes.reject({ ...covered, rejection, cause })) {
          warnOfUnreported(destination, error, cause);
        }
      },
    );
    void told.then(() => {
      // Otherwise the delivery was abandoned meanwhile.
      if (this.#untold.delete(kept)) {
        this.#concludeInvalid(kept);
      }
    });
  }

  #concludeInvalid({ batch, row }: Pick<KeptInvalid, "batch" | "row">): void {
    row.destination.counts.rowsRejected++;
    this.#conclude(batch, 1);
  }

  /** Resolves when all rows are reported. */
  #handBack(failed: HandedRows): Promise<void> {
    const { batch, from, to, fate, source, destination, together } = failed;
    if (source !== undefined && (fate.kind !== "refused" || source.isEnded)) {
      if (source.keepsRows) {
        this.#rejectInserts(failed, () => source.insertError(fate.error));
      }
      endSource(source, destination.table, fate);
      this.#concludeFailed(failed);
      return Promise.resolve();
    }
    if (rejectChannel.hasSubscribers) {
      const { table } = destination;
      const message: RejectMessage = { table, rows: to - from, error: fate.error };
      rejectChannel.publish(message);
    }
    this.#rejectInserts(failed, (row) => rowError(destination.table, row, fate, failed.codec));
    if (failed.isKept === true && (this.#isAbandoned || !destination.rejecter.hasHandler)) {
      this.#concludeFailed(failed);
      return Promise.resolve();
    }
    if (this.#isAbandoned) {
      this.#abandoned.push(failed);
      return Promise.resolve();
    }
    const { sequence } = batch;
    this.#handed.add(failed);
    const handedOver = destination.rejecter.reject(failed, (position, rejection, cause) => {
      if (source !== undefined) {
        const rejections = rejection === undefined ? [] : [rejection];
        source.end(
          new RowsRejectedError(together, rejections, cause === undefined ? {} : { cause }),
        );
      } else if (!this.#flushes.reject({ sequence, position, rejection, cause })) {
        warnOfUnreported(destination, fate.error, cause);
      }
    });
    return handedOver.then(() => {
      this.#handed.delete(failed);
      // Otherwise they are among the remains of an abandoned delivery.
      if (!this.#isAbandoned) {
        this.#concludeFailed(failed);
      }
    });
  }

  #rejectInserts({ batch, rows, from, to }: HandedRows, errorOf: (row: object) => Error): void {
    for (let position = from; position < to && !batch.inserts.isEmpty; position++) {
      const insert = batch.inserts.of(position);
      insert?.reject(errorOf(rows.row(position)));
    }
  }

  #countCommitted(batch: Batch, from: number, to: number, written: readonly TableWritten[]): void {
    for (const {
      counts,
      sent,
      written: { rows, updated, ignored },
    } of written) {
      counts.rowsCommitted += rows;
      counts.rowsUpdated += updated;
      counts.rowsIgnored += ignored;
      counts.rowsSkipped += sent - rows - ignored;
    }
    if (written.reduce((sum, { sent }) => sum + sent, 0) < to - from) {
      this.#countUnsent(batch, from, to, written);
    }
  }

  /** Rows that were not sent, because their sources have ended. */
  #countUnsent(batch: Batch, from: number, to: number, written: readonly TableWritten[]): void {
    const ranges = this.#parts.addresses.ranges(batch, new BatchRows(batch), from, to);
    const count = keepsRows(batch) ? "rowsLeft" : "rowsRejected";
    for (const { destination, from: first, to: end } of ranges) {
      destination.counts[count] += end - first;
    }
    for (const { counts, sent } of written) {
      counts[count] -= sent;
    }
  }

  /** The rows are reported. */
  #concludeFailed({ batch, from, to, fate, source, destination: { counts } }: HandedRows): void {
    if (source?.keepsRows === true && (fate.kind !== "refused" || source.isEnded)) {
      counts.rowsLeft += to - from;
    } else if (fate.kind === "unknown") {
      counts.rowsInDoubt += to - from;
    } else {
      counts.rowsRejected += to - from;
    }
    this.#conclude(batch, to - from);
  }

  #conclude(batch: Batch, rows: number): void {
    const left = (this.#unsettled.get(batch) ?? batch.rowsToSettle) - rows;
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

/** Whether the rows of the batch are kept elsewhere if they are not written. */
function keepsRows({ units }: Batch): boolean {
  return [...(units?.sources ?? [])].some((source) => (source as DeliveredSource).keepsRows);
}

/** Tells those whose rows are committed, and those whose source has ended before that. */
function settleInserts(batch: Batch): void {
  const { inserts, units } = batch;
  if (units === undefined || units.endedRows(0, batch.rows) === 0) {
    inserts.resolveAll();
    return;
  }
  for (const [row, waiter] of inserts.entries()) {
    const unit = units.of(row);
    if (unit === undefined || unit.next <= unit.source.position) {
      waiter.resolve();
    } else {
      waiter.reject((unit.source as DeliveredSource).insertError());
    }
  }
}

function endSource(source: DeliveredSource, table: string, fate: FailedFate): void {
  source.end(sourceError(table, fate, source.name));
}

/** A service that never flushes would otherwise lose rows in silence. */
function warnOfUnreported({ alarm, table }: Destination, error: Error, cause: unknown): void {
  const why =
    cause === undefined ? "set onReject to get them" : `onReject failed: ${toError(cause).message}`;
  alarm.sound("unreported", `${table}: rows were not written (${why}): ${error.message}`);
}

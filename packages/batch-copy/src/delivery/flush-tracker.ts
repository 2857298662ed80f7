import type { FlushPoint } from "../batch/batch-queue.js";
import { RowsRejectedError, type Rejection } from "../errors.js";

/** How many rejections a RowsRejectedError carries. */
const SHOWN_REJECTIONS = 10;

/** Rejections that have to be reported. */
interface Report {
  count: number;
  readonly first: Rejection[];
  /** What `onReject` threw, the first time. */
  cause: unknown;
}

/** A row that is not in the table, by its batch and its place there. */
interface UnreportedRow {
  readonly sequence: number;
  readonly position: number;
  /** Omitted if there are enough to show. */
  readonly rejection: Rejection | undefined;
  /** What `onReject` threw for it, if it did. */
  readonly cause: unknown;
}

interface PendingFlush extends FlushPoint {
  readonly report: Report;
  settle(error?: Error): void;
}

/**
 * Knows which batches are settled, and so when a `flush()` is done. A rejection is reported by every
 * pending flush that covers the row; if there is none, by the next flush, once.
 */
export class FlushTracker {
  readonly #pending = new Set<PendingFlush>();
  /** Batches settled before one that was opened earlier. */
  readonly #settledAhead = new Set<number>();
  #firstUnsettled = 0;
  #unreported: Report = emptyReport();

  /** Resolves when all rows up to the point are settled. */
  flush(point: FlushPoint): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error): void => (error === undefined ? resolve() : reject(error));
      const flush = { ...point, report: this.#unreported, settle };
      this.#unreported = emptyReport();
      this.#pending.add(flush);
      this.#finish(flush);
    });
  }

  /**
   * Notes a row that is not in the table and was not reported otherwise.
   *
   * @returns whether a pending flush reports it
   */
  reject(row: UnreportedRow): boolean {
    let isReported = false;
    for (const flush of this.#pending) {
      if (covers(flush, row)) {
        add(flush.report, row);
        isReported = true;
      }
    }
    if (!isReported) {
      add(this.#unreported, row);
    }
    return isReported;
  }

  /** Notes that every row of the batch is settled. */
  settle(sequence: number): void {
    this.#settledAhead.add(sequence);
    while (this.#settledAhead.delete(this.#firstUnsettled)) {
      this.#firstUnsettled++;
    }
    for (const flush of this.#pending) {
      this.#finish(flush);
    }
  }

  /** Ends every pending flush with an error, whose cause is what it would have rejected with. */
  abandon(errorWith: (cause: Error | undefined) => Error): void {
    for (const flush of this.#pending) {
      flush.settle(errorWith(errorOf(flush.report)));
    }
    this.#pending.clear();
  }

  #finish(flush: PendingFlush): void {
    const last = flush.hasBegun ? flush.sequence : flush.sequence - 1;
    if (last < this.#firstUnsettled) {
      this.#pending.delete(flush);
      flush.settle(errorOf(flush.report));
    }
  }
}

function emptyReport(): Report {
  return { count: 0, first: [], cause: undefined };
}

function covers(flush: FlushPoint, { sequence, position }: UnreportedRow): boolean {
  return sequence < flush.sequence || (sequence === flush.sequence && position < flush.rows);
}

function add(report: Report, { rejection, cause }: UnreportedRow): void {
  report.count++;
  report.cause ??= cause;
  if (rejection !== undefined && report.first.length < SHOWN_REJECTIONS) {
    report.first.push(rejection);
  }
}

function errorOf({ count, first, cause }: Report): Error | undefined {
  if (count === 0) {
    return undefined;
  }
  return new RowsRejectedError(count, first, cause === undefined ? {} : { cause });
}

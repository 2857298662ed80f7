import type { FlushPoint } from "../batch/batcher.js";
import { RowsRejectedError, type Rejection } from "../errors.js";

/** How many rejections a RowsRejectedError carries. */
const SHOWN_REJECTIONS = 10;

/** Rejections that somebody has to be told of. */
interface Report {
  count: number;
  readonly first: Rejection[];
  /** What `onReject` threw, the first time. */
  cause: unknown;
}

interface PendingFlush extends FlushPoint {
  readonly report: Report;
  settle(error?: Error): void;
}

/**
 * Knows which batches are settled, and so when a `flush()` is over. A rejection is told to every
 * pending flush that covers the row; if there is none, to the next flush, once.
 */
export class FlushTracker {
  readonly #pending = new Set<PendingFlush>();
  /** Batches settled before one that was opened earlier. */
  readonly #settledAhead = new Set<number>();
  #firstUnsettled = 0;
  #untold: Report = emptyReport();

  /** Resolves when all rows up to the point are settled. */
  flush(point: FlushPoint): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error): void => (error === undefined ? resolve() : reject(error));
      const flush = { ...point, report: this.#untold, settle };
      this.#untold = emptyReport();
      this.#pending.add(flush);
      this.#finish(flush);
    });
  }

  /** Notes that a row is not in the table, and that nobody else was told. */
  reject(sequence: number, row: number, rejection: Rejection, cause: unknown): void {
    const covering = [...this.#pending].filter((flush) => covers(flush, sequence, row));
    const reports = covering.length > 0 ? covering.map(({ report }) => report) : [this.#untold];
    for (const report of reports) {
      report.count++;
      report.cause ??= cause;
      if (report.first.length < SHOWN_REJECTIONS) {
        report.first.push(rejection);
      }
    }
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

  /** Ends every pending flush with this error. */
  abandon(error: Error): void {
    for (const flush of this.#pending) {
      flush.settle(error);
    }
    this.#pending.clear();
  }

  #finish(flush: PendingFlush): void {
    const last = flush.rows > 0 ? flush.sequence : flush.sequence - 1;
    if (last < this.#firstUnsettled) {
      this.#pending.delete(flush);
      flush.settle(errorOf(flush.report));
    }
  }
}

function emptyReport(): Report {
  return { count: 0, first: [], cause: undefined };
}

function covers(flush: FlushPoint, sequence: number, row: number): boolean {
  return sequence < flush.sequence || (sequence === flush.sequence && row < flush.rows);
}

function errorOf({ count, first, cause }: Report): Error | undefined {
  if (count === 0) {
    return undefined;
  }
  return new RowsRejectedError(count, first, cause === undefined ? {} : { cause });
}

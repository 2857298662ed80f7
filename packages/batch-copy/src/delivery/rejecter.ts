import { AsyncLocalStorage } from "node:async_hooks";

import type { Rejection } from "../errors.js";
import { remainingRows, type FailedRows } from "./failed-rows.js";
import { rowError } from "./row-error.js";

/** What a rejecter works with. */
interface RejecterParts {
  readonly table: string;
  readonly onReject: RejectHandler | undefined;
  readonly group: object;
}

/** Of the rows of a table, whose type is known where it is opened. */
type RejectHandler = (rejection: Rejection<never>) => void | Promise<void>;

/** Called for each row that `onReject` did not take, with what it threw, if it did. */
type Unreported = (position: number, rejection: Rejection | undefined, cause: unknown) => void;

/** Maximum number of rejections of one fate that are reported with their rows. */
const SHOWN_REJECTIONS = 10;

/** A call of a rejecter's `onReject`. What the call has started may go on when it is over. */
interface Handling {
  readonly by: object;
  readonly group: object;
  isOver: boolean;
}

/** What the current code runs in, or was started by. */
const handlings = new AsyncLocalStorage<Handling>();
/** How many run, of all groups: mostly none, which is faster to see. */
let running = 0;

/**
 * Whether the current code runs in an `onReject` of the group. It must not wait for room: the rows that
 * wait for `onReject` may be what takes it.
 */
export function isHandlingIn(group: object): boolean {
  if (running === 0) {
    return false;
  }
  const handling = handlings.getStore();
  return handling?.group === group && !handling.isOver;
}

/** Passes the rows that failed to the user's `onReject`, one at a time, in order. */
export class Rejecter {
  readonly #parts: RejecterParts;
  readonly #pending = new Set<FailedRows>();
  #last: Promise<void> = Promise.resolve();

  constructor(parts: RejecterParts) {
    this.#parts = parts;
  }

  /** Whether there is an `onReject`. */
  get hasHandler(): boolean {
    return this.#parts.onReject !== undefined;
  }

  /** Whether the current code runs in this `onReject`. It must not wait for its own end. */
  get isHandling(): boolean {
    const handling = handlings.getStore();
    return handling?.by === this && !handling.isOver;
  }

  /** Passes the rows to `onReject`, after those of earlier calls. Never rejects. */
  reject(failed: FailedRows, unreported: Unreported): Promise<void> {
    this.#pending.add(failed);
    this.#last = this.#last.then(() => this.#run(failed, unreported));
    return this.#last;
  }

  /**
   * Passes a row that is in no batch to `onReject`, after those of earlier calls. Never rejects.
   *
   * @param isOver whether `onReject` is not to be called any more
   */
  rejectOne(
    rejection: Rejection,
    isOver: () => boolean,
    failedBy: (cause: unknown) => void,
  ): Promise<void> {
    const { onReject } = this.#parts;
    this.#last = this.#last.then(async () => {
      if (onReject !== undefined && !isOver()) {
        await this.#handle(onReject, rejection, failedBy);
      }
    });
    return this.#last;
  }

  /** Stops calling `onReject` for rows; returns whether it was still to be called. */
  abandon(failed: FailedRows): boolean {
    return this.#pending.delete(failed);
  }

  async #run(failed: FailedRows, unreported: Unreported): Promise<void> {
    const { table, onReject } = this.#parts;
    let handed = 0;
    for await (const [position, row] of remainingRows(failed)) {
      if (!this.#pending.has(failed)) {
        return;
      }
      failed.next = position;
      const error = rowError(table, row, failed.fate, failed.codec);
      const at = failed.batch.units?.positionOf(position);
      const rejection = { table, row, error, ...(at !== undefined && { position: at }) };
      if (onReject === undefined) {
        unreported(position, handed++ < SHOWN_REJECTIONS ? rejection : undefined, undefined);
      } else {
        await this.#handle(onReject, rejection, (cause) => unreported(position, rejection, cause));
      }
    }
    this.#pending.delete(failed);
  }

  async #handle(
    onReject: RejectHandler,
    rejection: Rejection,
    failedBy: (cause: unknown) => void,
  ): Promise<void> {
    const { group } = this.#parts;
    const handling: Handling = { by: this, group, isOver: false };
    running++;
    try {
      await handlings.run(handling, () => onReject(rejection as Rejection<never>));
    } catch (error) {
      failedBy(error);
    } finally {
      handling.isOver = true;
      running--;
    }
  }
}

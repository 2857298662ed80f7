import { abortReason, onAbort, throwIfAborted } from "./abort-watch.js";
import type { Clock } from "./clock.js";
import type { InsertWaiter } from "./insert-waiters.js";
import type { StoredPlace, StoreGroup } from "./store-group.js";
import type { PositionedRows, Unit } from "./units.js";

/** A sender that waits for room. */
export interface WaitingSender {
  /** Its row, encoded when it was sent: the sender may have changed the row since. */
  tuple: Buffer;
  /** The unit that its rows are, if they belong to a source. */
  unit: Unit | PositionedRows | undefined;
  readonly insert: InsertWaiter | undefined;
  /** Called with the group that the row is in, if rows are made durable first. */
  readonly accepted: (group: StoreGroup | undefined) => void;
  readonly refused: (error: unknown) => void;
}

/** What a sender needs of the buffer. */
export function bytesOf({ tuple, unit }: Pick<WaitingSender, "tuple" | "unit">): number {
  return tuple.length + (unit?.invalid?.bytes ?? 0);
}

/** The senders that wait for room, first come, first served. */
export class SenderQueue {
  readonly #clock: Clock;
  readonly #onWithdrawn: () => void;
  readonly #senders = new Set<WaitingSender>();
  #bytes = 0;
  #isNotifying = false;

  /** @param onWithdrawn called after senders were withdrawn: the next one may have room now */
  constructor(clock: Clock, onWithdrawn: () => void) {
    this.#clock = clock;
    this.#onWithdrawn = onWithdrawn;
  }

  get isEmpty(): boolean {
    return this.#senders.size === 0;
  }

  /** Bytes of the rows that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The senders in order. Senders may be removed during the iteration. */
  [Symbol.iterator](): IterableIterator<WaitingSender> {
    return this.#senders.values();
  }

  add(sender: WaitingSender): void {
    this.#senders.add(sender);
    this.#bytes += bytesOf(sender);
  }

  /** Calls back to replace the tuple of every sender; those for whose row that throws are refused. */
  replaceTuples(replace: (sender: WaitingSender) => void): void {
    for (const sender of this) {
      const bytesBefore = sender.tuple.length;
      try {
        replace(sender);
        this.#bytes += sender.tuple.length - bytesBefore;
      } catch (error) {
        this.remove(sender);
        sender.refused(error);
      }
    }
  }

  /** Returns whether the sender still waited. */
  remove(sender: WaitingSender): boolean {
    const isRemoved = this.#senders.delete(sender);
    if (isRemoved) {
      this.#bytes -= bytesOf(sender);
    }
    return isRemoved;
  }

  /** Removes a sender that has given up; returns whether it still waited. */
  withdraw(sender: WaitingSender): boolean {
    if (!this.remove(sender)) {
      return false;
    }
    // Not at once: others may be withdrawn together with it, and a row may be in the middle of its
    // encoding, if one of its getters has aborted the signal.
    if (!this.#isNotifying) {
      this.#isNotifying = true;
      this.#clock.soon(() => {
        this.#isNotifying = false;
        this.#onWithdrawn();
      });
    }
    return true;
  }

  /**
   * Adds a sender for the row, or for the rows of a unit, withdrawn when the signal aborts.
   *
   * @returns resolves when there is room; rejects with the signal's reason
   */
  wait(
    tuple: Buffer,
    signal: AbortSignal | undefined,
    unit?: Unit | PositionedRows,
  ): Promise<void> {
    return new Promise((resolve, refused) => {
      const accepted: () => void = resolve;
      this.#enqueue({ tuple, unit, insert: undefined, accepted, refused }, signal);
    });
  }

  /** As {@link wait}, for a row that is made durable first; resolves to its place. */
  waitForPlace(tuple: Buffer, signal: AbortSignal | undefined): Promise<StoredPlace> {
    return new Promise((resolve, refused) => {
      const accepted = (group: StoreGroup | undefined): void => {
        resolve({ group: group!, row: group!.lastRow });
      };
      this.#enqueue({ tuple, unit: undefined, insert: undefined, accepted, refused }, signal);
    });
  }

  #enqueue(sender: WaitingSender, signal: AbortSignal | undefined): void {
    if (signal === undefined) {
      this.add(sender);
      return;
    }
    // A getter of the row may have aborted it.
    throwIfAborted(signal);
    const { tuple, unit, insert, accepted, refused } = sender;
    const limited: WaitingSender = {
      tuple,
      unit,
      insert,
      accepted(group) {
        forget();
        accepted(group);
      },
      refused(error) {
        forget();
        refused(error);
      },
    };
    const forget = onAbort(signal, () => {
      if (this.withdraw(limited)) {
        refused(abortReason(signal));
      }
    });
    this.add(limited);
  }
}

import { ClosedError, EncodeError } from "../errors.js";
import { abortable, onAbort } from "./abort-watch.js";
import type { Batcher } from "./batcher.js";
import type { Clock } from "./clock.js";
import type { InsertWaiter } from "./insert-waiters.js";
import { Pacer } from "./pacer.js";

/** What `send` returns for a row that was accepted at once: one promise for all of them. */
const ACCEPTED: Promise<void> = Promise.resolve();

/**
 * After so many bytes senders let the event loop come round once. Producers that never wait for
 * anything else would otherwise fill the whole buffer before the first byte reaches the socket.
 */
const BYTES_PER_TURN = 128 * 1024;

/**
 * The last part of a large buffer: once it is reached, senders whose rows were accepted rest as well.
 * They share a promise, while a sender that waits for room keeps its row and a promise of its own:
 * with 50 000 of those the collector takes a third of the time.
 */
const RESERVE = 1 / 16;
const LARGE_BUFFER = 1024 * 1024;

/** What a row that was refused counts for. */
const BYTES_OF_A_REFUSED_ROW = 256;

/** A sender that waits for room. */
interface WaitingSender<Row> {
  readonly row: Row;
  readonly insert: InsertWaiter | undefined;
  readonly accepted: () => void;
  readonly refused: (error: unknown) => void;
  /** What the row is known to take: there is no use in trying with less room. */
  bytes: number;
}

/**
 * Lets rows in while less than `maxBufferedBytes` are buffered, and makes senders wait beyond that,
 * first come, first served. A row larger than all of it enters when nothing else is buffered.
 */
export class Admission<Row extends object> {
  readonly #batcher: Batcher<Row>;
  readonly #maxBufferedBytes: number;
  readonly #reserve: number;
  readonly #pacer: Pacer;
  readonly #isExempt: () => boolean;
  readonly #waiting = new Set<WaitingSender<Row>>();
  #releasedBytes = 0;
  /** How many bytes will have been accepted when the turn is over. */
  #turnEndsAt = BYTES_PER_TURN;
  /**
   * So many bytes may be accepted before anybody has to look again whether they are too many: all
   * that is asked for most rows. None while senders wait, and none when the copier is closed.
   */
  #credit = 0;
  #isClosed = false;
  /** The waiting sender whose row is being encoded. */
  #entering: WaitingSender<Row> | undefined;

  /** @param isExempt whether the current sender must not wait for room */
  constructor(
    batcher: Batcher<Row>,
    maxBufferedBytes: number,
    clock: Clock,
    isExempt: () => boolean = () => false,
  ) {
    this.#batcher = batcher;
    this.#maxBufferedBytes = maxBufferedBytes;
    this.#reserve = maxBufferedBytes < LARGE_BUFFER ? 0 : Math.floor(maxBufferedBytes * RESERVE);
    this.#pacer = new Pacer(clock, () => this.#beginTurn());
    this.#isExempt = isExempt;
  }

  /** Encoded bytes that wait or are in flight. */
  get bufferedBytes(): number {
    return this.#batcher.bytes - this.#releasedBytes;
  }

  /** Rows accepted so far. */
  get acceptedRows(): number {
    return this.#batcher.rows;
  }

  /** See `Copier.send`. */
  send(row: Row, signal?: AbortSignal): Promise<void> {
    try {
      return this.#offer(row, signal) ?? ACCEPTED;
    } catch (error) {
      return this.#refuse(error);
    }
  }

  /** See `Copier.sendMany`. */
  async sendMany(rows: Iterable<Row> | AsyncIterable<Row>, signal?: AbortSignal): Promise<number> {
    if (!isIterable(rows)) {
      throw new TypeError("sendMany takes an iterable of rows, or an async one");
    }
    let accepted = 0;
    try {
      if (Symbol.asyncIterator in rows) {
        for await (const row of signal === undefined ? rows : abortable(rows, signal)) {
          await this.#offer(row, signal);
          accepted++;
        }
      } else {
        for (const row of rows) {
          const wait = this.#offer(row, signal);
          if (wait !== undefined) {
            await wait;
          }
          accepted++;
        }
      }
    } catch (error) {
      throw withPosition(error, accepted);
    }
    return accepted;
  }

  /** See `Copier.insert`. */
  insert(row: Row, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const insert = { resolve, reject };
      if (!this.#admit(row, signal, insert)) {
        this.#wait({ row, insert, accepted: noop, refused: reject, bytes: 0 }, signal);
      }
    });
  }

  /** Takes the bytes of a settled batch off the buffer and lets waiting senders in. */
  release(bytes: number): void {
    this.#releasedBytes += bytes;
    this.#pacer.resume();
    // A getter of a row that is entering may have brought us here.
    if (this.#entering !== undefined) {
      return;
    }
    for (const sender of this.#waiting) {
      if (!this.#letIn(sender)) {
        this.#batcher.flush();
        return;
      }
    }
  }

  /** Lets nobody in any more: those who wait for room, and all who come, get a ClosedError. */
  close(): void {
    this.#isClosed = true;
    this.#credit = 0;
    this.#batcher.close();
    for (const sender of this.#waiting) {
      sender.refused(new ClosedError());
    }
    this.#waiting.clear();
    this.#pacer.resume();
  }

  /** Accepts the row or queues its sender; a promise only if there is something to wait for. */
  #offer(row: Row, signal: AbortSignal | undefined): Promise<void> | undefined {
    if (this.#admit(row, signal, undefined)) {
      return this.#credit > 0 || this.#mayGoOn() ? undefined : this.#rest();
    }
    return new Promise((accepted, refused) => {
      this.#wait({ row, insert: undefined, accepted, refused, bytes: 0 }, signal);
    });
  }

  #admit(row: Row, signal: AbortSignal | undefined, insert: InsertWaiter | undefined): boolean {
    const hasCredit = this.#credit > 0;
    if (!hasCredit && this.#isClosed) {
      throw new ClosedError();
    }
    if (signal !== undefined) {
      signal.throwIfAborted();
    }
    const isNext = hasCredit || this.#waiting.size === 0;
    if (isNext && this.#append(row, insert, this.#room) === 0) {
      return true;
    }
    return this.#isExempt() && this.#append(row, insert, Infinity) === 0;
  }

  get #room(): number {
    const { bufferedBytes } = this;
    return bufferedBytes === 0 ? Infinity : this.#maxBufferedBytes - bufferedBytes;
  }

  /** Appends the row if there is room; else returns the bytes that it needs. */
  #append(row: Row, insert: InsertWaiter | undefined, room: number): number {
    if (room <= 0) {
      return 1;
    }
    const bytes = this.#batcher.append(row, room, insert);
    if (bytes > room) {
      return bytes;
    }
    this.#credit -= bytes;
    return 0;
  }

  /** Refused rows count towards the turn too: a loop over bad rows must not stop the event loop. */
  #refuse(reason: unknown): Promise<never> {
    this.#turnEndsAt -= BYTES_OF_A_REFUSED_ROW;
    this.#credit -= BYTES_OF_A_REFUSED_ROW;
    return this.#batcher.bytes < this.#turnEndsAt
      ? Promise.reject(reason)
      : this.#rest().then(() => Promise.reject(reason));
  }

  /** Whether a sender may hand over its next row in this turn; gives out new credit. */
  #mayGoOn(): boolean {
    const leftThisTurn = this.#turnEndsAt - this.#batcher.bytes;
    const isOpen = this.#waiting.size === 0 && !this.#isClosed;
    this.#credit = isOpen ? Math.min(leftThisTurn, this.#leftBeforeReserve) : 0;
    return leftThisTurn > 0 && !this.#isReserveReached;
  }

  get #leftBeforeReserve(): number {
    return this.#maxBufferedBytes - this.#reserve - this.bufferedBytes;
  }

  get #isReserveReached(): boolean {
    return this.#reserve > 0 && this.#leftBeforeReserve <= 0;
  }

  /** For a sender that has had its share of the turn, or of the buffer. */
  #rest(): Promise<void> {
    if (this.#isExempt()) {
      // Others may go on only when there is room, and that may wait for this one.
      return this.#pacer.nextTurn();
    }
    if (this.#isReserveReached) {
      // What is open may be all that takes the room: it must not wait for its age.
      this.#batcher.flush();
    }
    return this.#pacer.wait();
  }

  #beginTurn(): boolean {
    this.#turnEndsAt = this.#batcher.bytes + BYTES_PER_TURN;
    return this.#mayGoOn() || this.#isClosed;
  }

  #wait(sender: WaitingSender<Row>, signal: AbortSignal | undefined): void {
    this.#credit = 0;
    this.#waiting.add(signal === undefined ? sender : this.#abortable(sender, signal));
    // What is open may be all that takes the room: it must not wait for its age.
    this.#batcher.flush();
  }

  /** The sender, taken out of the queue when the signal says so. */
  #abortable(sender: WaitingSender<Row>, signal: AbortSignal): WaitingSender<Row> {
    const forget = onAbort(signal, () => {
      // In the middle of its own row it is too late: the row is as good as accepted.
      if (this.#entering !== entry && this.#waiting.delete(entry)) {
        sender.refused(signal.reason);
        // It may have been the first one, with a row too large for the room that there is.
        this.release(0);
      }
    });
    const entry: WaitingSender<Row> = {
      ...sender,
      accepted() {
        forget();
        sender.accepted();
      },
      refused(error) {
        forget();
        sender.refused(error);
      },
    };
    return entry;
  }

  /** Returns false if there is no room for this sender, and so for nobody behind it. */
  #letIn(sender: WaitingSender<Row>): boolean {
    const room = this.#room;
    if (sender.bytes > room) {
      return false;
    }
    this.#entering = sender;
    try {
      const needed = this.#append(sender.row, sender.insert, room);
      if (needed > 0) {
        sender.bytes = needed;
        return false;
      }
      sender.accepted();
    } catch (error) {
      sender.refused(error);
    } finally {
      this.#entering = undefined;
    }
    this.#waiting.delete(sender);
    return true;
  }
}

function isIterable(rows: unknown): boolean {
  return (
    typeof rows === "object" &&
    rows !== null &&
    (Symbol.iterator in rows || Symbol.asyncIterator in rows)
  );
}

function noop(): void {}

/** The error of a row, with where among the rows it happened. */
function withPosition(error: unknown, accepted: number): unknown {
  if (error instanceof EncodeError) {
    error.accepted = accepted;
    error.index = accepted;
  } else if (error instanceof ClosedError) {
    error.accepted = accepted;
  }
  return error;
}

import { ClosedError, EncodeError } from "../errors.js";
import type { InsertWaiter } from "./batch.js";
import type { Batcher } from "./batcher.js";
import type { Clock } from "./clock.js";

/** What `send` returns for a row that was accepted at once: one promise for all of them. */
const ACCEPTED: Promise<void> = Promise.resolve();

/**
 * After so many bytes senders let the event loop come round once. Producers that never wait for
 * anything else would otherwise fill the whole buffer before the first byte reaches the socket.
 */
const BYTES_PER_TURN = 64 * 1024;

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
  readonly #clock: Clock;
  readonly #waiting = new Set<WaitingSender<Row>>();
  #bufferedBytes = 0;
  #acceptedRows = 0;
  #isClosed = false;
  #bytesThisTurn = 0;
  #nextTurn: Promise<void> | undefined;

  constructor(batcher: Batcher<Row>, maxBufferedBytes: number, clock: Clock) {
    this.#batcher = batcher;
    this.#maxBufferedBytes = maxBufferedBytes;
    this.#clock = clock;
  }

  /** Encoded bytes that wait or are in flight. */
  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /** Rows accepted so far. */
  get acceptedRows(): number {
    return this.#acceptedRows;
  }

  /** See `Copier.send`. */
  send(row: Row, signal?: AbortSignal): Promise<void> {
    try {
      return this.#offer(row, signal) ?? ACCEPTED;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** See `Copier.sendMany`. */
  async sendMany(rows: Iterable<Row> | AsyncIterable<Row>, signal?: AbortSignal): Promise<number> {
    let accepted = 0;
    try {
      if (Symbol.asyncIterator in rows) {
        for await (const row of rows) {
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
    this.#bufferedBytes -= bytes;
    for (const sender of this.#waiting) {
      if (!this.#letIn(sender)) {
        return;
      }
    }
  }

  /** Lets nobody in any more: those who wait for room, and all who come, get a ClosedError. */
  close(): void {
    this.#isClosed = true;
    this.#batcher.close();
    for (const sender of this.#waiting) {
      sender.refused(new ClosedError());
    }
    this.#waiting.clear();
  }

  /** Accepts the row or queues its sender; a promise only if there is something to wait for. */
  #offer(row: Row, signal: AbortSignal | undefined): Promise<void> | undefined {
    if (this.#admit(row, signal, undefined)) {
      return this.#bytesThisTurn < BYTES_PER_TURN ? undefined : this.#turn();
    }
    return new Promise((accepted, refused) => {
      this.#wait({ row, insert: undefined, accepted, refused, bytes: 0 }, signal);
    });
  }

  #admit(row: Row, signal: AbortSignal | undefined, insert: InsertWaiter | undefined): boolean {
    if (this.#isClosed) {
      throw new ClosedError();
    }
    if (signal !== undefined) {
      signal.throwIfAborted();
    }
    return this.#waiting.size === 0 && this.#append(row, insert) === 0;
  }

  /** Appends the row if there is room; else returns the bytes that it needs. */
  #append(row: Row, insert: InsertWaiter | undefined): number {
    const room =
      this.#bufferedBytes === 0 ? Infinity : this.#maxBufferedBytes - this.#bufferedBytes;
    if (room <= 0) {
      return 1;
    }
    const bytes = this.#batcher.append(row, room, insert);
    if (bytes > room) {
      return bytes;
    }
    this.#bufferedBytes += bytes;
    this.#bytesThisTurn += bytes;
    this.#acceptedRows++;
    return 0;
  }

  /** One promise for all senders of this turn of the event loop. */
  #turn(): Promise<void> {
    this.#nextTurn ??= new Promise((resolve) => {
      this.#clock.soon(() => {
        this.#nextTurn = undefined;
        this.#bytesThisTurn = 0;
        resolve();
      });
    });
    return this.#nextTurn;
  }

  #wait(sender: WaitingSender<Row>, signal: AbortSignal | undefined): void {
    this.#waiting.add(signal === undefined ? sender : this.#abortable(sender, signal));
  }

  /** The sender, taken out of the queue when the signal says so. */
  #abortable(sender: WaitingSender<Row>, signal: AbortSignal): WaitingSender<Row> {
    const leave = (): void => {
      this.#waiting.delete(abortable);
      sender.refused(signal.reason);
      // It may have been the first one, with a row too large for the room that there is.
      this.release(0);
    };
    const abortable: WaitingSender<Row> = {
      ...sender,
      accepted() {
        signal.removeEventListener("abort", leave);
        sender.accepted();
      },
      refused(error) {
        signal.removeEventListener("abort", leave);
        sender.refused(error);
      },
    };
    signal.addEventListener("abort", leave, { once: true });
    return abortable;
  }

  /** Returns false if there is no room for this sender, and so for nobody behind it. */
  #letIn(sender: WaitingSender<Row>): boolean {
    const room = this.#maxBufferedBytes - this.#bufferedBytes;
    if (sender.bytes > room && this.#bufferedBytes > 0) {
      return false;
    }
    try {
      const needed = this.#append(sender.row, sender.insert);
      if (needed > 0) {
        sender.bytes = needed;
        return false;
      }
      sender.accepted();
    } catch (error) {
      sender.refused(error);
    }
    this.#waiting.delete(sender);
    return true;
  }
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

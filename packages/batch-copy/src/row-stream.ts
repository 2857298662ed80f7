import { Writable } from "node:stream";
import { inspect } from "node:util";

import { addPosition } from "./batch/row-position.js";
import { checkCallOptions } from "./call-options.js";
import { EncodeError } from "./errors.js";
import { invalid } from "./invalid-option.js";
import { nextTick } from "./timers.js";

/** A row that was not sent because it does not fit its column types. */
export interface InvalidRow<Row = object> {
  readonly row: Row;
  /** Its `index` is the position of the row in the stream, counted from 0. */
  readonly error: EncodeError;
}

/** Options of `writable()`. */
export interface WritableOptions<Row = object> {
  /**
   * Called for each row that is invalid. The row is skipped, and the stream continues when the promise
   * that the handler returns is fulfilled. If the handler throws, the stream fails with what it threw.
   * Rows that the server rejects are not invalid: they go to `onReject`.
   * @default none: the stream fails with the EncodeError of the first invalid row
   * @example
   * const bad: number[] = [];
   * await pipeline(readable, copier.writable({ onInvalid: ({ error }) => void bad.push(error.index!) }));
   */
  readonly onInvalid?: ((invalid: InvalidRow<Row>) => void | Promise<void>) | undefined;
}

/** The part of a copier that the stream uses. */
interface RowSink<Row> {
  send(row: Row): Promise<void>;
  sendMany(rows: Iterable<Row>): Promise<number>;
  flush(): Promise<void>;
}

/**
 * An object stream that flushes at its end. Rows that it has buffered are sent together. `index` and
 * `accepted` of its errors count from the first row of the stream. If it is destroyed, rows that it
 * still holds are not sent.
 *
 * @throws BatchCopyError with code `INVALID_OPTION`.
 */
export function rowStream<Row>(sink: RowSink<Row>, options: WritableOptions<Row>): Writable {
  const rows = new StreamedRows(sink, handlerOf(options));
  return new Writable({
    objectMode: true,
    write(row: Row, _encoding, callback) {
      settle(rows.send(row), callback);
    },
    writev(chunks: { chunk: Row }[], callback) {
      settle(rows.sendMany(chunks), callback);
    },
    final(callback) {
      settle(sink.flush(), callback);
    },
    destroy(error, callback) {
      rows.stop();
      callback(error);
    },
  });
}

function handlerOf<Row>(options: WritableOptions<Row>): WritableOptions<Row>["onInvalid"] {
  checkCallOptions("writable()", options, ["onInvalid"]);
  const { onInvalid } = options;
  if (onInvalid !== undefined && typeof onInvalid !== "function") {
    throw invalid(`onInvalid must be a function, got ${inspect(onInvalid)}`);
  }
  return onInvalid;
}

/** Sends the rows of a stream, counts them, and passes invalid ones to their handler. */
class StreamedRows<Row> {
  readonly #sink: RowSink<Row>;
  readonly #onInvalid: WritableOptions<Row>["onInvalid"];
  #accepted = 0;
  #skipped = 0;
  #isStopped = false;

  constructor(sink: RowSink<Row>, onInvalid: WritableOptions<Row>["onInvalid"]) {
    this.#sink = sink;
    this.#onInvalid = onInvalid;
  }

  /** Lets no further rows through: the stream was destroyed. */
  stop(): void {
    this.#isStopped = true;
  }

  async send(row: Row): Promise<void> {
    try {
      await this.#sink.send(row);
      this.#accepted++;
    } catch (error) {
      await this.#skip([{ chunk: row }], 0, error);
    }
  }

  async sendMany(chunks: readonly { chunk: Row }[]): Promise<void> {
    let start = 0;
    while (start < chunks.length) {
      try {
        this.#accepted += await this.#sink.sendMany(this.#rowsFrom(chunks, start));
        return;
      } catch (error) {
        start = await this.#skip(chunks, start, error);
      }
    }
  }

  /**
   * @param start the first of the rows that were sent
   * @returns the position behind the invalid row
   * @throws the error, with its position in the stream, if it is not for the handler
   */
  async #skip(chunks: readonly { chunk: Row }[], start: number, error: unknown): Promise<number> {
    const sent = (error instanceof EncodeError && error.accepted) || 0;
    addPosition(error, this.#accepted, this.#skipped);
    if (this.#onInvalid === undefined || !(error instanceof EncodeError)) {
      throw error;
    }
    this.#accepted += sent;
    this.#skipped++;
    await this.#onInvalid({ row: chunks[start + sent]!.chunk, error });
    return start + sent + 1;
  }

  *#rowsFrom(chunks: readonly { chunk: Row }[], start: number): Iterable<Row> {
    for (let position = start; position < chunks.length && !this.#isStopped; position++) {
      yield chunks[position]!.chunk;
    }
  }
}

/** Ends a step of the stream, in a tick of its own: an error of a listener must not end up here. */
function settle(step: Promise<void>, callback: (error?: Error | null) => void): void {
  step.then(
    () => nextTick(callback),
    (error: unknown) => nextTick(callback, failureOf(error)),
  );
}

/** What a handler threw. If that is falsy, a stream would take it for success. */
function failureOf(thrown: unknown): Error {
  return (thrown as Error | undefined) || new Error(`onInvalid threw ${inspect(thrown)}`);
}

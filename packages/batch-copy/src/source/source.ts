import type { Admission } from "../batch/admission.js";
import { skipTuples } from "../batch/encoded-tuples.js";
import type { WaitingSender } from "../batch/sender-queue.js";
import { UnitSender, type UnitOptions } from "../batch/unit-sender.js";
import type { Unit } from "../batch/units.js";
import { checkCallOptions } from "../call-options.js";
import { tuplesOf, type EncodedRows } from "../encoded/encoded-rows.js";
import { ClosedError, type BatchCopyError } from "../errors.js";
import { invalid, shown } from "../invalid-option.js";
import type { MakeInvalidRow } from "./make-invalid-row.js";
import type { OwnSource } from "./own-source.js";
import { positionError, toPosition } from "./position.js";

/** Options of `source()`. */
export interface SourceOptions {
  /**
   * The position at which a source begins that the ledger does not know: your word that nothing of it
   * was written before.
   * @default none: `source()` rejects with `SOURCE_UNKNOWN`
   */
  readonly start?: bigint | number | undefined;
  /**
   * Called once if the source is lost: with a FencedError, a RewoundError, or the error by which its rows
   * cannot be written. Calls that are pending reject with it as well.
   * @default none: if no call is pending, the process gets a warning, and the next call rejects
   */
  readonly onLost?: ((error: BatchCopyError) => void) | undefined;
}

/** Options of `send()` and `sendMany()` of a source. */
export interface SourceSendOptions {
  /** Ends the wait for room: the call rejects with the signal's reason, and the row is not sent. */
  readonly signal?: AbortSignal | undefined;
  /**
   * `"dead-letter"`: a row that cannot be encoded becomes a dead letter with the code `ENCODE_FAILED`,
   * which is stored in the transaction that passes its position. If it is one of `sendMany()`, all rows
   * of the call become letters. Needs the option `deadLetters`.
   * @default the call rejects with the EncodeError
   */
  readonly invalid?: "dead-letter" | undefined;
}

/**
 * What the calls of a source work with.
 *
 * @internal
 */
export interface SourceParts<Row extends object> {
  readonly own: OwnSource;
  readonly admission: Admission<Row>;
  /** Undefined without a table of dead letters. */
  readonly invalidRow: MakeInvalidRow<Row> | undefined;
  /** Whether the current code runs in an `onReject` that the position may wait for. */
  readonly isInHandler: () => boolean;
}

/**
 * Creates a source, whose constructor is private.
 *
 * @internal
 */
export let createSource: <Row extends object>(parts: SourceParts<Row>) => Source<Row>;

/** How the rows of a call are sent. */
interface Call<Row, Rows> {
  /** Such as `send()`. */
  readonly name: string;
  readonly send: (rows: Rows, unit: Unit, options: UnitOptions<Row>) => Promise<void>;
}

const SKIPPED: Promise<void> = Promise.resolve();

const NO_OPTIONS: SourceSendOptions = {};

/**
 * A source of rows that are written exactly once. Its position is committed together with them, so that
 * whoever opens it next, after a crash, a failover or in another process, goes on where it stands.
 *
 * @example
 * await using source = await copier.source("orders/3", { start: 0n });
 * for await (const message of readFrom(source.position)) {
 *   await source.send(message.row, message.offset);
 * }
 * await source.flush();
 */
export class Source<Row extends object> {
  static {
    createSource = (parts) => new Source(parts);
  }
  readonly #parts: SourceParts<Row>;
  readonly #own: OwnSource;
  readonly #sender: UnitSender<Row>;
  readonly #sendOne: Call<Row, Row>;
  readonly #sendAll: Call<Row, Iterable<Row>>;
  /** What is below is committed already. */
  readonly #start: bigint;
  /** The position of the last call that has not failed. */
  #last: bigint;
  /** Positions of calls whose units are not accepted yet, and may fail. */
  readonly #waiting = new Set<bigint>();
  /** Whether a call reads its rows: their getters, or the iterable, may make another. */
  #isReading = false;
  #closing: Promise<void> | undefined;

  private constructor(parts: SourceParts<Row>) {
    this.#parts = parts;
    this.#own = parts.own;
    const sender = new UnitSender(parts.admission);
    this.#sender = sender;
    this.#sendOne = { name: "send()", send: sender.send.bind(sender) };
    this.#sendAll = { name: "sendMany()", send: sender.sendMany.bind(sender) };
    this.#start = parts.own.position;
    this.#last = -1n;
  }

  /** Its name in the ledger. */
  get name(): string {
    return this.#own.name;
  }

  /** The first position that is not committed: where its reader has to begin. */
  get position(): bigint {
    return this.#own.position;
  }

  /**
   * Sends the row of a position. Resolves when it is accepted, as `Copier.send()` does. There is one
   * call for each position, and positions ascend; gaps are allowed. Rows below the position at which the
   * source was opened are in the table, and are skipped.
   *
   * @throws EncodeError if the row does not match the definition. You can send another row with the
   * same position, or go on with the next one. With `{ invalid: "dead-letter" }` it becomes a dead letter
   * instead.
   * @throws BatchCopyError with code `POSITION` if the position is not above that of the last call, or if
   * a getter of another call's row makes this one.
   * @throws FencedError, RewoundError or the error with which the source has ended.
   * @throws ClosedError if the source or its copier is closed.
   * @throws the signal's reason, if it aborts while the row waits for room.
   * @example
   * await source.send({ url: "/hello/world", latency_ms: 42 }, 7n);
   */
  send(
    row: Row,
    position: bigint | number,
    options: SourceSendOptions = NO_OPTIONS,
  ): Promise<void> {
    return this.#call(this.#sendOne, row, position, options);
  }

  /**
   * Sends several rows, or none, that stand for one position. They are written in one transaction; if
   * the server rejects one of them, it rejects all.
   *
   * @throws as `send()`; if a row is invalid, none is sent, and `index` of the EncodeError is its place.
   * @example
   * await source.sendMany([{ url: "/a" }, { url: "/b" }], 8n);
   */
  sendMany(
    rows: Iterable<Row>,
    position: bigint | number,
    options: SourceSendOptions = NO_OPTIONS,
  ): Promise<void> {
    return this.#call(this.#sendAll, rows, position, options);
  }

  /**
   * Sends rows that were encoded by `copier.encoder()`, each with its own position. Resolves when all of
   * them are accepted; give the encoder the next row after that. Rows below the position at which the source
   * was opened are skipped.
   *
   * @throws BatchCopyError with code `POSITION` if the first position is not above that of the last call.
   * @throws EncodeError if the table was changed after `encoder()` was called, and one of the rows does not
   * fit it any more. No row is sent: encode them again with a new encoder, which refuses that row alone.
   * @throws TypeError if the rows were encoded for another copier.
   * @throws Error if the encoder was given another row before these rows were accepted.
   * @throws FencedError, RewoundError, ClosedError and the signal's reason as `send()`.
   * @example
   * await source.sendEncoded(encoder.take());
   */
  sendEncoded(
    rows: EncodedRows,
    options: Pick<SourceSendOptions, "signal"> = NO_OPTIONS,
  ): Promise<void> {
    try {
      const tuples = tuplesOf(rows);
      const { positions } = tuples;
      if (positions.length === 0) {
        return SKIPPED;
      }
      if (options !== NO_OPTIONS) {
        checkCallOptions("sendEncoded()", options, ["signal"]);
      }
      this.#next("sendEncoded()", positions[0]!, NO_OPTIONS);
      const last = BigInt(positions[positions.length - 1]!);
      this.#last = last;
      const start = positions.findIndex((position) => position >= this.#start);
      if (start < 0) {
        return SKIPPED;
      }
      const left = skipTuples(tuples, start);
      const sent = this.#sender.sendEncoded(left, this.#own, options.signal);
      return this.#own.hasAccepted(last + 1n) ? sent : this.#orForget(sent, last);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Says that there is nothing to write below a position: the source moves there with its next batch, or
   * alone. The next row may have this position.
   *
   * @throws as `send()`; with code `POSITION` if a row of this position or a later one was sent.
   * @example
   * await source.advance(1000n);
   */
  advance(position: bigint | number): Promise<void> {
    try {
      const next = toPosition(position);
      this.#checkOpen();
      if (next <= this.#last) {
        throw positionError(
          `the source ${JSON.stringify(this.name)} cannot advance to ${next}, because it is at ${this.#last + 1n}`,
        );
      }
      // The last call takes the source there.
      return next === this.#last + 1n ? SKIPPED : this.sendMany([], next - 1n);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Resolves when everything that was accepted is committed, and `position` is after it. It must not be
   * called in `onReject`, and rejects there.
   *
   * @throws FencedError, RewoundError or the error with which the source has ended.
   * @example
   * await source.flush();
   */
  flush(): Promise<void> {
    return this.#refusalInHandler("flush()") ?? this.#flush();
  }

  /**
   * Accepts nothing more, and flushes. The ledger keeps the position. Calls that are not accepted yet
   * reject with a ClosedError. It must not be called in `onReject`, and rejects there.
   *
   * @throws the error with which the source has ended, unless another call or `onLost` has told of it.
   * @example
   * await source.close();
   */
  close(): Promise<void> {
    const refusal = this.#refusalInHandler("close()");
    return refusal ?? (this.#closing ??= this.#close());
  }

  /** Calls `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #close(): Promise<void> {
    this.#sender.close();
    const isOwn = ({ unit }: WaitingSender): boolean => unit?.source === this.#own;
    this.#parts.admission.refuse(isOwn, new ClosedError("source"));
    return this.#own.isTold ? Promise.resolve() : this.#flush();
  }

  #flush(): Promise<void> {
    this.#parts.admission.flush();
    return this.#own.flush();
  }

  #refusalInHandler(call: string): Promise<never> | undefined {
    return this.#parts.isInHandler()
      ? Promise.reject(
          new Error(`${call} of a source must not be called in onReject, which it waits for`),
        )
      : undefined;
  }

  #checkOpen(): void {
    this.#own.throwIfEnded();
    if (this.#closing !== undefined) {
      throw new ClosedError("source");
    }
  }

  #call<Rows>(
    call: Call<Row, Rows>,
    rows: Rows,
    position: bigint | number,
    options: SourceSendOptions,
  ): Promise<void> {
    try {
      const at = this.#next(call.name, position, options);
      if (at < this.#start) {
        return SKIPPED;
      }
      const unit = { source: this.#own, next: at + 1n };
      const sent = this.#read(call, rows, unit, options);
      return this.#own.hasAccepted(unit.next) ? sent : this.#orForget(sent, at);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** The position of a call, which must be above that of the last one. */
  #next(name: string, position: bigint | number, options: SourceSendOptions): bigint {
    this.#checkOpen();
    if (options !== NO_OPTIONS) {
      this.#checkOptions(name, options);
    }
    const at = toPosition(position);
    if (this.#isReading || at <= this.#last) {
      throw positionError(this.#disorder(at));
    }
    this.#last = at;
    return at;
  }

  #disorder(at: bigint): string {
    const last = this.#last;
    return this.#isReading
      ? `position ${at} of the source ${JSON.stringify(this.name)} was sent while the rows of position ${last} were being read`
      : `positions of the source ${JSON.stringify(this.name)} must ascend: ${at} comes after ${last}`;
  }

  /** A getter of a row, or the iterable, may make another call, whose unit would be accepted before. */
  #read<Rows>(
    call: Call<Row, Rows>,
    rows: Rows,
    unit: Unit,
    options: SourceSendOptions,
  ): Promise<void> {
    this.#isReading = true;
    try {
      return call.send(rows, unit, this.#optionsOf(unit, options));
    } catch (error) {
      return Promise.reject(error);
    } finally {
      this.#isReading = false;
    }
  }

  #checkOptions(call: string, options: SourceSendOptions): void {
    checkCallOptions(call, options, ["signal", "invalid"]);
    if (options.invalid !== undefined && options.invalid !== "dead-letter") {
      throw invalid(`invalid must be "dead-letter", got ${shown(options.invalid)}`);
    }
    if (options.invalid !== undefined && this.#parts.invalidRow === undefined) {
      throw invalid('invalid: "dead-letter" needs the option deadLetters of the copier');
    }
  }

  #optionsOf({ next }: Unit, options: SourceSendOptions): UnitOptions<Row> {
    const { invalidRow } = this.#parts;
    if (options.invalid === undefined || invalidRow === undefined) {
      return options;
    }
    const place = { source: this.name, position: next - 1n };
    return {
      signal: options.signal,
      invalidRow: (sent, first) => invalidRow(sent, first, place),
    };
  }

  /** A position whose rows were not accepted may be sent again. */
  async #orForget(sent: Promise<void>, at: bigint): Promise<void> {
    this.#waiting.add(at);
    try {
      await sent;
      this.#waiting.delete(at);
    } catch (error) {
      this.#waiting.delete(at);
      if (this.#last === at) {
        this.#last = [...this.#waiting].at(-1) ?? this.#own.accepted - 1n;
      }
      throw error;
    }
  }
}

import type { AdmissionHooks } from "./admission-hooks.js";
import type { Batcher } from "./batcher.js";
import type { Budget } from "./budget.js";
import type { Clock } from "./clock.js";
import { copyOfRow } from "./copy-of-row.js";
import { Deadlines } from "./deadlines.js";
import { checkLent, type EncodedTuples } from "./encoded-tuples.js";
import { LimitedInsert, type InsertLimits } from "./limited-insert.js";
import type { RowCodec } from "./row-codec.js";
import { RowGate } from "./row-gate.js";
import { sendEach } from "./send-each.js";
import type { WaitingSender } from "./sender-queue.js";
import type { RowStore } from "./store-group.js";
import { StoredCalls } from "./stored-calls.js";
import type { PositionedRows, Unit, UnitSource } from "./units.js";

/** What `send` returns for a row that was accepted at once: one promise for all of them. */
const ACCEPTED: Promise<void> = Promise.resolve();

/** Takes the calls of senders: encodes their rows, lets them in, and gives an invalid row another attempt. */
export class Admission<Row extends object> {
  readonly #batcher: Batcher<Row>;
  readonly #gate: RowGate<Row>;
  readonly #renew: NonNullable<AdmissionHooks<Row>["renew"]>;
  readonly #deadlines: Deadlines;
  readonly #insertLimits: InsertLimits | undefined;
  /** See `AdmissionHooks.copyOf`. */
  readonly copyOf: NonNullable<AdmissionHooks<Row>["copyOf"]>;
  /** See `AdmissionHooks.check`. */
  readonly check: NonNullable<AdmissionHooks<Row>["check"]>;
  /** Undefined unless rows are made durable before they are accepted. */
  #stored: StoredCalls<Row> | undefined;

  constructor(
    batcher: Batcher<Row>,
    budget: Budget,
    clock: Clock,
    {
      isExempt = () => false,
      renew = noop,
      copyOf = copyOfRow,
      check = noop,
      insertLimits,
    }: AdmissionHooks<Row> = {},
  ) {
    this.#batcher = batcher;
    this.#gate = new RowGate({ batcher, budget, clock, isExempt });
    this.#deadlines = new Deadlines(clock);
    this.#renew = renew;
    this.copyOf = copyOf;
    this.check = check;
    this.#insertLimits = insertLimits;
  }

  /** Encoded bytes that were accepted and are not settled yet. */
  get bufferedBytes(): number {
    return this.#gate.bufferedBytes;
  }

  /** Encoded bytes of the rows that wait for room. */
  get waitingBytes(): number {
    return this.#gate.waitingBytes;
  }

  /** Rows accepted so far. */
  get acceptedRows(): number {
    return this.#batcher.rows;
  }

  /** From now on rows are accepted when they are durable. */
  storeIn(store: RowStore): void {
    this.#gate.storeIn(store);
    this.#stored = new StoredCalls(this.#gate, (row, error, attempt) => {
      return this.again(row, error, attempt);
    });
  }

  /** See `Copier.send`. */
  send(row: Row, signal?: AbortSignal): Promise<void> {
    try {
      return this.#stored === undefined
        ? (this.#gate.offer(row, signal) ?? ACCEPTED)
        : this.#stored.send(row, signal);
    } catch (error) {
      return this.again(row, error, (copy) => this.send(copy, signal)) ?? this.reject(error);
    }
  }

  /**
   * Accepts the row of a unit. Resolves when it is accepted.
   *
   * @throws EncodeError and ClosedError
   */
  offerOf(row: Row, unit: Unit, signal: AbortSignal | undefined): Promise<void> {
    return this.#gate.offer(row, signal, unit) ?? ACCEPTED;
  }

  /**
   * Accepts a unit whose rows, if it has any, are encoded. Resolves when it is accepted.
   *
   * @throws ClosedError
   */
  offerUnit(
    tuples: Buffer,
    unit: Unit | PositionedRows,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    return this.#gate.offerUnit(tuples, unit, signal) ?? ACCEPTED;
  }

  /**
   * Accepts rows that are encoded already; their bytes are read until then. If the table has changed since,
   * they are encoded again.
   *
   * @param source undefined if the positions only say which rows were rejected
   * @throws TypeError if they were encoded for another copier
   * @throws ClosedError, and EncodeError if one of them cannot be written any more: none is accepted then
   * @throws Error if their memory was used again
   */
  offerEncoded(
    rows: EncodedTuples,
    source: UnitSource | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { codec, owner, positions, memory } = rows;
    if (owner !== this) {
      throw new TypeError("the rows were encoded by the encoder of another copier");
    }
    this.#gate.refuseIfClosed(signal);
    if (codec === this.#batcher.codec) {
      const { tuples, ends } = rows;
      return this.offerUnit(tuples, { source, ends, positions, memory }, signal);
    }
    checkLent(memory);
    const { tuples, ends } = this.#batcher.recode(rows.tuples, codec as RowCodec<Row>, rows.ends);
    return this.offerUnit(tuples, { source, ends, positions, memory }, signal);
  }

  /** What rows are written with. */
  get codec(): RowCodec<Row> {
    return this.#batcher.codec;
  }

  /** See `AdmissionHooks.renew`. */
  renewFor(error: unknown, row: Row): Promise<boolean> | undefined {
    return this.#renew(error, row);
  }

  /** See `Copier.sendMany`. */
  async sendMany(rows: Iterable<Row> | AsyncIterable<Row>, signal?: AbortSignal): Promise<number> {
    try {
      return await (this.#stored === undefined
        ? sendEach(rows, signal, (row) => this.#offerTwice(row, signal))
        : this.#stored.sendMany(rows, signal));
    } catch (error) {
      return this.reject(error);
    }
  }

  /** See `Copier.insert`. */
  insert(row: Row, limits: InsertLimits | undefined = this.#insertLimits): Promise<void> {
    return new Promise((resolve, reject) => {
      try {
        if (limits === undefined) {
          this.#gate.insert(row, undefined, { isGivenUp: false, resolve, reject }, noop);
        } else {
          this.#insertWithin(row, limits, resolve, reject);
        }
      } catch (error) {
        this.#insertAgain(row, limits, error).then(resolve, reject);
      }
    });
  }

  // Functions apart from insert() where they need closures: those would cost every call.

  #insertAgain(row: Row, limits: InsertLimits | undefined, error: unknown): Promise<void> {
    return this.again(row, error, (copy) => this.insert(copy, limits)) ?? this.reject(error);
  }

  #insertWithin(
    row: Row,
    limits: InsertLimits,
    resolve: () => void,
    reject: (error: unknown) => void,
  ): void {
    const insert = new LimitedInsert(resolve, reject);
    // Dropped when it is accepted: its row is in the batch then, and need not be kept twice.
    let waiting = this.#gate.insert(row, limits.signal, insert, () => {
      waiting = undefined;
    });
    insert.start(limits, this.#deadlines, () => {
      return waiting !== undefined && this.#gate.withdraw(waiting);
    });
  }

  /** Takes the bytes of a settled batch off the buffer and lets waiting senders in. */
  release(bytes: number): void {
    this.#gate.release(bytes);
  }

  /** Makes the open batch due. */
  flush(): void {
    this.#gate.flush();
  }

  /** Refuses senders that wait for room; returns whether there are any. */
  refuse(isRefused: (sender: WaitingSender) => boolean, error: Error): boolean {
    return this.#gate.refuse(isRefused, error);
  }

  /** Lets waiting senders in, in order, until there is no room for the next one. */
  letIn(): boolean {
    return this.#gate.letIn();
  }

  /** Accepts no more rows: senders that wait for room, and all later ones, get a ClosedError. */
  close(): void {
    this.#gate.close();
  }

  /** Rows that wait for room were written with the former codec. */
  changeCodec(codec: RowCodec<Row>): void {
    this.#gate.changeCodec(codec);
  }

  /**
   * Rejects with an error. Invalid rows count towards the turn too: a loop over them must not stop the
   * event loop.
   */
  reject(reason: unknown): Promise<never> {
    return this.#gate.reject(reason);
  }

  /** Another attempt with an invalid row, if it deserves one. Of the row as it was at the call. */
  again<Result>(
    row: Row,
    error: unknown,
    attempt: (copy: Row) => Promise<Result> | undefined,
  ): Promise<Result | undefined> | undefined {
    const renewal = this.#renew(error, row);
    if (renewal === undefined) {
      return undefined;
    }
    const copy = this.copyOf(row);
    return renewal.then((isRenewed) => {
      if (isRenewed) {
        return attempt(copy);
      }
      throw error;
    });
  }

  #offerTwice(row: Row, signal: AbortSignal | undefined): Promise<void> | undefined {
    try {
      return this.#gate.offer(row, signal);
    } catch (error) {
      const again = this.again(row, error, (copy) => this.#gate.offer(copy, signal));
      if (again === undefined) {
        throw error;
      }
      return again;
    }
  }
}

function noop(): undefined {}

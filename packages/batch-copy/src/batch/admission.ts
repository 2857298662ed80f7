import { ClosedError } from "../errors.js";
import { orAborted, throwIfAborted } from "./abort-watch.js";
import type { Batcher } from "./batcher.js";
import type { Budget, BudgetMember } from "./budget.js";
import type { Clock } from "./clock.js";
import { copyOfRow } from "./copy-of-row.js";
import { Deadlines } from "./deadlines.js";
import { checkLent, type EncodedTuples } from "./encoded-tuples.js";
import type { InsertWaiter } from "./insert-waiters.js";
import { LimitedInsert, type InsertLimits } from "./limited-insert.js";
import type { RowCodec } from "./row-codec.js";
import { sendEach } from "./send-each.js";
import { bytesOf, SenderQueue, type WaitingSender } from "./sender-queue.js";
import type { RowStore, StoredPlace, StoreGroup } from "./store-group.js";
import { StoredCalls, type StoredRowsAdmission } from "./stored-calls.js";
import type { PositionedRows, Unit, UnitSource } from "./units.js";

/** What `send` returns for a row that was accepted at once: one promise for all of them. */
const ACCEPTED: Promise<void> = Promise.resolve();

/** The bytes that an invalid row counts as. */
const BYTES_OF_AN_INVALID_ROW = 256;

/** No row fits, not even an empty one. */
const NO_ROOM = -1;

/** What admission asks about senders and rows. */
export interface AdmissionHooks<Row extends object> {
  /** Whether the current sender must not wait for room. */
  readonly isExempt?: () => boolean;
  /**
   * Called for the error of an invalid row. If the table may take such rows by now, it returns whether
   * rows are written in another way from then on, so that the row deserves another attempt.
   */
  readonly renew?: (error: unknown, row: Row) => Promise<boolean> | undefined;
  /**
   * Copies a row, for a caller that may change it meanwhile.
   * @default copyOfRow
   */
  readonly copyOf?: (row: Row) => Row;
  /** The limits of an `insert()` that has none of its own. */
  readonly insertLimits?: InsertLimits | undefined;
  /** @throws the reason why a row that has waited for another attempt is not accepted any more */
  readonly check?: (row: Row) => void;
}

/**
 * Accepts the rows of a table while there is room in the buffer, and makes senders wait otherwise, first
 * come, first served. A row that is larger than the whole buffer is accepted when no other row of the
 * table is buffered. Rows are encoded when they are sent, also those that wait.
 */
export class Admission<Row extends object> implements BudgetMember, StoredRowsAdmission<Row> {
  readonly #batcher: Batcher<Row>;
  readonly #budget: Budget;
  readonly #isExempt: NonNullable<AdmissionHooks<Row>["isExempt"]>;
  readonly #renew: NonNullable<AdmissionHooks<Row>["renew"]>;
  readonly #deadlines: Deadlines;
  readonly #insertLimits: InsertLimits | undefined;
  readonly #waiting: SenderQueue;
  /** See `AdmissionHooks.copyOf`. */
  readonly copyOf: NonNullable<AdmissionHooks<Row>["copyOf"]>;
  /** See `AdmissionHooks.check`. */
  readonly check: NonNullable<AdmissionHooks<Row>["check"]>;
  /** Undefined unless rows are made durable before they are accepted. */
  #store: RowStore | undefined;
  #stored: StoredCalls<Row> | undefined;
  /** Bytes of rows that are in no batch of the batcher. */
  #bytesBeside = 0;
  #releasedBytes = 0;
  #isClosed = false;

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
    this.#budget = budget;
    this.#deadlines = new Deadlines(clock);
    this.#waiting = new SenderQueue(clock, () => this.letIn());
    this.#isExempt = isExempt;
    this.#renew = renew;
    this.copyOf = copyOf;
    this.check = check;
    this.#insertLimits = insertLimits;
    budget.join(this);
  }

  /** Encoded bytes that were accepted and are not settled yet. */
  get bufferedBytes(): number {
    return this.#batcher.bytes + this.#bytesBeside - this.#releasedBytes;
  }

  /** Encoded bytes of the rows that wait for room. */
  get waitingBytes(): number {
    return this.#waiting.bytes;
  }

  /** Rows accepted so far. */
  get acceptedRows(): number {
    return this.#batcher.rows;
  }

  /** From now on rows are accepted when they are durable. */
  storeIn(store: RowStore): void {
    this.#store = store;
    this.#stored = new StoredCalls(this);
  }

  /** See `Copier.send`. */
  send(row: Row, signal?: AbortSignal): Promise<void> {
    try {
      return this.#stored === undefined
        ? (this.#offer(row, signal) ?? ACCEPTED)
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
    return this.#offer(row, signal, unit) ?? ACCEPTED;
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
    this.#refuseIfClosed(signal);
    const bytes = bytesOf({ tuple: tuples, unit });
    const room = this.#waiting.isEmpty ? this.#room : NO_ROOM;
    if (bytes > room) {
      if (!this.#isExempt()) {
        // In memory of its own, or in that of an encoder.
        return this.#wait(tuples, signal, unit);
      }
      this.#letInThoseOf(unit);
    }
    this.#batcher.appendTuple(tuples, undefined, unit);
    this.#budget.spend(bytes);
    return this.goOn(signal) ?? ACCEPTED;
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
    this.#refuseIfClosed(signal);
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
          this.#insert(row, undefined, { isGivenUp: false, resolve, reject }, noop);
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
    let waiting = this.#insert(row, limits.signal, insert, () => {
      waiting = undefined;
    });
    insert.start(limits, this.#deadlines, () => {
      return waiting !== undefined && this.#waiting.withdraw(waiting);
    });
  }

  /** Takes the bytes of a settled batch off the buffer and lets waiting senders in. */
  release(bytes: number): void {
    this.#releasedBytes += bytes;
    this.#budget.release(bytes);
  }

  /** Makes the open batch due. */
  flush(): void {
    this.#batcher.flush();
  }

  /** Refuses senders that wait for room; returns whether there are any. */
  refuse(isRefused: (sender: WaitingSender) => boolean, error: Error): boolean {
    let hasRefused = false;
    for (const sender of this.#waiting) {
      if (isRefused(sender) && this.#waiting.withdraw(sender)) {
        sender.refused(error);
        hasRefused = true;
      }
    }
    return hasRefused;
  }

  /** Lets waiting senders in, in order, until there is no room for the next one. */
  letIn(): boolean {
    for (const sender of this.#waiting) {
      const bytes = bytesOf(sender);
      if (bytes > this.#room) {
        this.#batcher.flush();
        return true;
      }
      this.#letInOne(sender);
    }
    return false;
  }

  #letInOne(sender: WaitingSender): void {
    this.#waiting.remove(sender);
    // Before the row closes its batch.
    const group = this.#store?.openGroup;
    try {
      this.#batcher.appendTuple(sender.tuple, sender.insert, sender.unit);
      this.#budget.spend(bytesOf(sender));
      sender.accepted(group);
    } catch (error) {
      sender.refused(error);
    }
  }

  /** Accepts no more rows: senders that wait for room, and all later ones, get a ClosedError. */
  close(): void {
    this.#isClosed = true;
    this.#batcher.close();
    for (const sender of this.#waiting) {
      this.#waiting.remove(sender);
      sender.refused(new ClosedError());
    }
    this.#budget.leave(this);
  }

  /** Rows that wait for room were written with the former codec. */
  changeCodec(codec: RowCodec<Row>): void {
    const former = this.#batcher.codec;
    this.#batcher.changeCodec(codec);
    this.#waiting.replaceTuples((sender) => {
      checkLent(sender.unit?.memory);
      const { tuples, ends } = this.#batcher.recode(sender.tuple, former, sender.unit?.ends);
      sender.tuple = tuples;
      sender.unit &&= { ...sender.unit, ends };
    });
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
      return this.#offer(row, signal);
    } catch (error) {
      const again = this.again(row, error, (copy) => this.#offer(copy, signal));
      if (again === undefined) {
        throw error;
      }
      return again;
    }
  }

  /** Accepts the row or queues its sender; returns a promise only if there is something to wait for. */
  #offer(row: Row, signal: AbortSignal | undefined, unit?: Unit): Promise<void> | undefined {
    const tuple = this.#admit(row, signal, undefined, unit);
    return tuple === undefined ? this.goOn(signal) : this.#wait(tuple, signal, unit);
  }

  /** What a sender whose row was accepted has to wait for. */
  goOn(signal: AbortSignal | undefined): Promise<void> | undefined {
    return this.#budget.hasCredit || this.#budget.mayGoOn() ? undefined : this.#rest(signal);
  }

  #wait(
    tuple: Buffer,
    signal: AbortSignal | undefined,
    unit: Unit | PositionedRows | undefined,
  ): Promise<void> {
    const accepted = this.#waiting.wait(tuple, signal, unit);
    this.#budget.wait(this);
    return accepted;
  }

  gather(row: Row, signal: AbortSignal | undefined): StoreGroup | Buffer {
    const store = this.#store!;
    if (this.#isExempt()) {
      return this.#storeFirst(store, row, signal, undefined);
    }
    // Before the row closes its batch.
    const group = store.openGroup;
    return this.#admit(row, signal, undefined) ?? group;
  }

  waitForPlace(tuple: Buffer, signal: AbortSignal | undefined): Promise<StoredPlace> {
    const accepted = this.#waiting.waitForPlace(tuple, signal);
    this.#budget.wait(this);
    return accepted;
  }

  /** The rows that wait for room on disk may be what keeps it full until the current sender goes on. */
  #storeFirst(
    store: RowStore,
    row: Row,
    signal: AbortSignal | undefined,
    insert: InsertWaiter | undefined,
  ): StoreGroup {
    this.#refuseIfClosed(signal);
    const tuple = this.#batcher.encode(row);
    this.#bytesBeside += tuple.length;
    this.#budget.spend(tuple.length);
    return store.storeFirst(tuple, insert);
  }

  /** Accepts the row or queues its caller. */
  #insert(
    row: Row,
    signal: AbortSignal | undefined,
    insert: InsertWaiter,
    accepted: () => void,
  ): WaitingSender | undefined {
    if (this.#store !== undefined && this.#isExempt()) {
      this.#storeFirst(this.#store, row, signal, insert);
      return undefined;
    }
    const tuple = this.#admit(row, signal, insert);
    if (tuple === undefined) {
      return undefined;
    }
    const sender = senderOf(tuple, insert, accepted);
    this.#waiting.add(sender);
    this.#budget.wait(this);
    return sender;
  }

  /** Accepts the row if there is room; otherwise returns it encoded. */
  #admit(
    row: Row,
    signal: AbortSignal | undefined,
    insert: InsertWaiter | undefined,
    unit?: Unit,
  ): Buffer | undefined {
    this.#refuseIfClosed(signal);
    const room = this.#waiting.isEmpty ? this.#room : NO_ROOM;
    const result = this.#batcher.append(row, room, insert, unit);
    if (typeof result === "number") {
      this.#budget.spend(result);
      return undefined;
    }
    if (this.#isExempt()) {
      this.#letInThoseOf(unit);
      this.#batcher.appendTuple(result, insert, unit);
      this.#budget.spend(result.length);
      return undefined;
    }
    return result;
  }

  /** No unit passes one of the same source, and the current sender must not wait. */
  #letInThoseOf(unit: Unit | PositionedRows | undefined): void {
    if (unit?.source !== undefined) {
      const before = [...this.#waiting].filter((sender) => sender.unit?.source === unit.source);
      before.forEach((sender) => this.#letInOne(sender));
    }
  }

  #refuseIfClosed(signal: AbortSignal | undefined): void {
    if (this.#isClosed) {
      throw new ClosedError();
    }
    if (signal !== undefined) {
      throwIfAborted(signal);
    }
  }

  get #room(): number {
    return this.#budget.roomFor(this.bufferedBytes);
  }

  /**
   * Rejects with an error. Invalid rows count towards the turn too: a loop over them must not stop the
   * event loop.
   */
  reject(reason: unknown): Promise<never> {
    return this.#budget.shortenTurn(BYTES_OF_AN_INVALID_ROW)
      ? Promise.reject(reason)
      : this.#budget.nextTurn().then(() => Promise.reject(reason));
  }

  /** For a sender that has had its share of the turn, or of the buffer. Its row is accepted. */
  #rest(signal: AbortSignal | undefined): Promise<void> {
    if (this.#isExempt()) {
      // The other senders may wait for room that depends on this sender.
      return this.#budget.nextTurn();
    }
    const rested = this.#budget.rest(this);
    return signal === undefined ? rested : orAborted(rested, signal);
  }
}

function senderOf(tuple: Buffer, insert: InsertWaiter, accepted: () => void): WaitingSender {
  return { tuple, unit: undefined, insert, accepted, refused: (error) => insert.reject(error) };
}

function noop(): undefined {}

import { ClosedError } from "../errors.js";
import { orAborted, throwIfAborted } from "./abort-watch.js";
import type { Batcher } from "./batcher.js";
import type { Budget, BudgetMember } from "./budget.js";
import type { Clock } from "./clock.js";
import { checkLent } from "./encoded-tuples.js";
import type { InsertWaiter } from "./insert-waiters.js";
import type { RowCodec } from "./row-codec.js";
import { bytesOf, SenderQueue, type WaitingSender } from "./sender-queue.js";
import type { RowStore, StoredPlace, StoreGroup } from "./store-group.js";
import type { StoredRowsGate } from "./stored-calls.js";
import type { PositionedRows, Unit } from "./units.js";

/** The bytes that an invalid row counts as. */
const BYTES_OF_AN_INVALID_ROW = 256;

/** No row fits, not even an empty one. */
const NO_ROOM = -1;

/** What a gate lets rows into, and what limits them. */
export interface RowGateParts<Row extends object> {
  readonly batcher: Batcher<Row>;
  readonly budget: Budget;
  readonly clock: Clock;
  /** Whether the current sender must not wait for room. */
  readonly isExempt: () => boolean;
}

/**
 * Lets the rows of a table into its batches while there is room in the buffer, and makes senders wait otherwise,
 * first come, first served. A row that is larger than the whole buffer is let in when no other row of the table is
 * buffered. Rows are encoded when they are sent, also those that wait.
 */
export class RowGate<Row extends object> implements BudgetMember, StoredRowsGate<Row> {
  readonly #batcher: Batcher<Row>;
  readonly #budget: Budget;
  readonly #isExempt: () => boolean;
  readonly #waiting: SenderQueue;
  /** Undefined unless rows are made durable before they are accepted. */
  #store: RowStore | undefined;
  /** Bytes of rows that are in no batch of the batcher. */
  #bytesBeside = 0;
  #releasedBytes = 0;
  #isClosed = false;

  constructor({ batcher, budget, clock, isExempt }: RowGateParts<Row>) {
    this.#batcher = batcher;
    this.#budget = budget;
    this.#isExempt = isExempt;
    this.#waiting = new SenderQueue(clock, () => this.letIn());
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

  /** From now on rows are accepted when they are durable. */
  storeIn(store: RowStore): void {
    this.#store = store;
  }

  /** Accepts the row or queues its sender; returns a promise only if there is something to wait for. */
  offer(row: Row, signal: AbortSignal | undefined, unit?: Unit): Promise<void> | undefined {
    const tuple = this.#admit(row, signal, undefined, unit);
    return tuple === undefined ? this.goOn(signal) : this.#wait(tuple, signal, unit);
  }

  /**
   * Accepts a unit whose rows, if it has any, are encoded, or queues its sender.
   *
   * @returns a promise only if there is something to wait for
   * @throws ClosedError
   */
  offerUnit(
    tuples: Buffer,
    unit: Unit | PositionedRows,
    signal: AbortSignal | undefined,
  ): Promise<void> | undefined {
    this.refuseIfClosed(signal);
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
    return this.goOn(signal);
  }

  /** Accepts the row or queues its caller. */
  insert(
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

  /** Withdraws a sender; returns whether it waited. */
  withdraw(sender: WaitingSender): boolean {
    return this.#waiting.withdraw(sender);
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

  /** What a sender whose row was accepted has to wait for. */
  goOn(signal: AbortSignal | undefined): Promise<void> | undefined {
    return this.#budget.hasCredit || this.#budget.mayGoOn() ? undefined : this.#rest(signal);
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

  /** @throws ClosedError, or the reason of the signal */
  refuseIfClosed(signal: AbortSignal | undefined): void {
    if (this.#isClosed) {
      throw new ClosedError();
    }
    if (signal !== undefined) {
      throwIfAborted(signal);
    }
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

  /** Accepts the row if there is room; otherwise returns it encoded. */
  #admit(
    row: Row,
    signal: AbortSignal | undefined,
    insert: InsertWaiter | undefined,
    unit?: Unit,
  ): Buffer | undefined {
    this.refuseIfClosed(signal);
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

  /** The rows that wait for room on disk may be what keeps it full until the current sender goes on. */
  #storeFirst(
    store: RowStore,
    row: Row,
    signal: AbortSignal | undefined,
    insert: InsertWaiter | undefined,
  ): StoreGroup {
    this.refuseIfClosed(signal);
    const tuple = this.#batcher.encode(row);
    this.#bytesBeside += tuple.length;
    this.#budget.spend(tuple.length);
    return store.storeFirst(tuple, insert);
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

  /** For a sender that has had its share of the turn, or of the buffer. Its row is accepted. */
  #rest(signal: AbortSignal | undefined): Promise<void> {
    if (this.#isExempt()) {
      // The other senders may wait for room that depends on this sender.
      return this.#budget.nextTurn();
    }
    const rested = this.#budget.rest(this);
    return signal === undefined ? rested : orAborted(rested, signal);
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

  /** No unit passes one of the same source, and the current sender must not wait. */
  #letInThoseOf(unit: Unit | PositionedRows | undefined): void {
    if (unit?.source !== undefined) {
      const before = [...this.#waiting].filter((sender) => sender.unit?.source === unit.source);
      before.forEach((sender) => this.#letInOne(sender));
    }
  }

  get #room(): number {
    return this.#budget.roomFor(this.bufferedBytes);
  }
}

function senderOf(tuple: Buffer, insert: InsertWaiter, accepted: () => void): WaitingSender {
  return { tuple, unit: undefined, insert, accepted, refused: (error) => insert.reject(error) };
}

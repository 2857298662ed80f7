import { OutcomeUnknownError, SpoolError } from "../errors.js";
import type { InsertWaiter } from "./insert-waiters.js";

/** Rows that are made durable together. Their senders share its promise. */
export interface StoreGroup {
  /** Rejects with a SpoolError if none of them will ever be written. */
  readonly stored: Promise<void>;
  /** Known before the promise has told anybody. */
  readonly isFailed: boolean;
  /** Whether its rows are being written, or have been. */
  readonly isTaken: boolean;
  /** The number in the group of the row that was added last. */
  readonly lastRow: number;
  /** Takes a row out, unless it is being written; returns whether it is out. */
  withdraw(row: number): boolean;
}

/** A row that is to be made durable. */
export interface StoredPlace {
  readonly group: StoreGroup;
  /** Its number in the group. */
  readonly row: number;
}

/** Where rows are made durable before they are accepted. */
export interface RowStore {
  /** The group of the open batch. */
  readonly openGroup: StoreGroup;
  /** Stores a row before those that are gathered, and also if there is no room on disk. */
  storeFirst(tuple: Buffer, insert: InsertWaiter | undefined): StoreGroup;
}

/** Counts the rows of one call that are durable. They are in any number of groups, one after the other. */
export class StoredCount {
  #group: StoreGroup | undefined;
  /** Of the last group. */
  #rows = 0;
  #storedRows = 0;
  #failure: Error | undefined;
  #former: Promise<void> = Promise.resolve();

  /** Whether rows of the call have failed, so that those after them must not be accepted. */
  get isFailed(): boolean {
    return this.#failure !== undefined || this.#group?.isFailed === true;
  }

  /** Counts a row. */
  add(group: StoreGroup): void {
    if (group !== this.#group) {
      this.#follow();
      this.#group = group;
    }
    this.#rows++;
  }

  /**
   * Resolves to the number of rows when all of them are durable.
   *
   * @throws SpoolError, with the number of those that are
   */
  async end(): Promise<number> {
    this.#follow();
    await this.#former;
    if (this.#failure !== undefined) {
      throw withAccepted(this.#failure, this.#storedRows);
    }
    return this.#storedRows;
  }

  #follow(): void {
    const [group, rows] = [this.#group, this.#rows];
    this.#group = undefined;
    this.#rows = 0;
    if (group !== undefined) {
      this.#former = this.#former.then(() => this.#await(group, rows));
    }
  }

  async #await({ stored }: StoreGroup, rows: number): Promise<void> {
    try {
      await stored;
      this.#storedRows += this.#failure === undefined ? rows : 0;
    } catch (error) {
      this.#failure ??= error as Error;
    }
  }
}

/** An error of its own, because the senders of a group share theirs. */
function withAccepted(failure: Error, accepted: number): Error {
  const error =
    failure instanceof OutcomeUnknownError
      ? new OutcomeUnknownError(failure, { cause: failure })
      : new SpoolError(failure.message, { cause: failure });
  error.accepted = accepted;
  return error;
}

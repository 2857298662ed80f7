import type { MaxRejects } from "../options/load-options.js";

/** A record that was not loaded. */
export interface Reject {
  readonly file: string;
  readonly line: number;
  readonly offset: number;
  readonly end: number;
  readonly column: string | undefined;
  /** Of the server; undefined if the file is wrong. */
  readonly sqlState: string | undefined;
  readonly message: string;
}

/** Where rejected records are kept. */
export interface RejectStore {
  /** @param header what precedes the records of this file, if the store is empty */
  append(raw: Uint8Array, reject: Reject, header: Uint8Array): void;
  /** Writes what was appended. A position must not pass a record before that. */
  flush(): void;
}

/** Where rejected records are kept across loads. */
export interface RejectFiles extends RejectStore {
  /** Whether there are any, also of earlier loads. */
  readonly hasRecords: boolean;
  /** Removes those of a file from a place on: they will be read again. */
  cutTo(file: string, offset: number): void;
  /** Called when nothing more is rejected; more than once, if need be. */
  close(): void;
}

/** How many are shown if they are not kept. */
const SHOWN = 5;

/** A percentage of very few records says little. */
const LEAST_RECORDS = 1000;

/** Counts the records that are not loaded, and keeps them. */
export class Rejects {
  count = 0;
  /** The first of them. */
  readonly shown: Reject[] = [];
  readonly #store: RejectStore | undefined;
  readonly #most: MaxRejects | undefined;

  constructor(store: RejectStore | undefined, most: MaxRejects | undefined) {
    this.#store = store;
    this.#most = most;
  }

  add(raw: Uint8Array, reject: Reject, header: Uint8Array): void {
    this.count++;
    if (this.shown.length < SHOWN) {
      this.shown.push(reject);
    }
    this.#store?.append(raw, reject, header);
  }

  /** Writes what was added, so that it survives the process. */
  flush(): void {
    this.#store?.flush();
  }

  /**
   * Why the load has to stop, if it has to.
   *
   * @param isEnd whether all records are read, so that a percentage is that of all
   */
  tooMany(records: number, isEnd: boolean): string | undefined {
    const most = this.#most;
    if (most === undefined) {
      return undefined;
    }
    if (most.rows !== undefined) {
      return this.count > most.rows
        ? `more than ${most.rows} ${most.rows === 1 ? "row was" : "rows were"} rejected (--max-rejects)`
        : undefined;
    }
    const isEnough = isEnd || records >= LEAST_RECORDS;
    return isEnough && this.count > (records * most.percent) / 100
      ? `${this.count} of ${records} rows were rejected, more than ${most.percent}% (--max-rejects)`
      : undefined;
  }
}

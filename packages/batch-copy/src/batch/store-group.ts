import { SpoolError } from "../errors.js";

/** Rows that are made durable together. Their senders share its promise. */
export interface StoreGroup {
  /** Rejects with a SpoolError if none of them will ever be written. */
  readonly stored: Promise<void>;
}

/** Counts the rows of one call that are durable. They are in any number of groups, one after the other. */
export class StoredCount {
  #group: StoreGroup | undefined;
  /** Of the last group. */
  #rows = 0;
  #storedRows = 0;
  #failure: Error | undefined;
  #former: Promise<void> = Promise.resolve();

  /**
   * Counts a row.
   *
   * @throws the error of a group before, after which no row must be accepted
   */
  add(group: StoreGroup): void {
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
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
      // Senders share the error of a group.
      const error = new SpoolError(this.#failure.message, { cause: this.#failure });
      error.accepted = this.#storedRows;
      throw error;
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

/** Whoever waits for one row of a batch to be committed. */
export interface InsertWaiter {
  resolve(): void;
  reject(error: Error): void;
}

/**
 * Who waits for rows of one batch. Two arrays and no map: mostly all of them are told the same, and
 * only where rows are refused somebody asks for the waiter of one.
 */
export class InsertWaiters {
  /** Numbers of rows from 0, ascending. */
  readonly #rows: number[] = [];
  readonly #waiters: InsertWaiter[] = [];

  get isEmpty(): boolean {
    return this.#rows.length === 0;
  }

  /** Adds who waits for the row, which stands behind those added before. */
  add(row: number, waiter: InsertWaiter): void {
    this.#rows.push(row);
    this.#waiters.push(waiter);
  }

  /** The waiter for the row, if there is one. */
  of(row: number): InsertWaiter | undefined {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#rows[middle]! < row) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return this.#rows[low] === row ? this.#waiters[low] : undefined;
  }

  /** Tells all that their rows are committed. */
  resolveAll(): void {
    for (const waiter of this.#waiters) {
      waiter.resolve();
    }
  }
}

/** A caller that waits until its row is committed. */
export interface InsertWaiter {
  /** Whether the caller has given up waiting: its row then counts as one of `send`. */
  readonly isGivenUp: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * The callers that wait for rows of one batch. It has two arrays and no map, because usually all of them
 * get the same result: the waiter of a single row is needed only if rows are rejected.
 */
export class InsertWaiters {
  /** Numbers of rows from 0, ascending. */
  readonly #rows: number[] = [];
  readonly #waiters: InsertWaiter[] = [];

  get isEmpty(): boolean {
    return this.#rows.length === 0;
  }

  /** Adds the waiter for a row, which comes after all rows that were added before. */
  add(row: number, waiter: InsertWaiter): void {
    this.#rows.push(row);
    this.#waiters.push(waiter);
  }

  /** The waiter for the row, if there is one that has not given up. */
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
    const waiter = this.#rows[low] === row ? this.#waiters[low] : undefined;
    return waiter?.isGivenUp === true ? undefined : waiter;
  }

  /** The callers and the numbers of their rows, in order. */
  *entries(): Generator<readonly [row: number, waiter: InsertWaiter]> {
    for (const [index, row] of this.#rows.entries()) {
      yield [row, this.#waiters[index]!];
    }
  }

  /** Numbers the rows anew: these are not there any more, and nobody waits for them. */
  passOver(rows: ReadonlySet<number>): void {
    const gone = [...rows].toSorted((a, b) => a - b);
    let before = 0;
    for (const [index, row] of this.#rows.entries()) {
      while (before < gone.length && gone[before]! < row) {
        before++;
      }
      this.#rows[index] = row - before;
    }
  }

  /** Rejects all of them that have not given up. */
  rejectAll(error: Error): void {
    for (const waiter of this.#waiters) {
      if (!waiter.isGivenUp) {
        waiter.reject(error);
      }
    }
  }

  /** Resolves all of them: their rows are committed. */
  resolveAll(): void {
    for (const waiter of this.#waiters) {
      waiter.resolve();
    }
  }
}

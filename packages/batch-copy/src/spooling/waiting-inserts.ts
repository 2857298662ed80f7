import { InsertWaiters, type InsertWaiter } from "../batch/insert-waiters.js";

/** Callers of `insert()` whose rows are on disk only, by the numbers of the rows. */
export class WaitingInserts {
  readonly #numbers: number[] = [];
  readonly #waiters: InsertWaiter[] = [];

  /** Adds those of rows that come after all before. */
  add(firstNumber: number, inserts: InsertWaiters): void {
    for (const [row, waiter] of inserts.entries()) {
      this.#numbers.push(firstNumber + row);
      this.#waiters.push(waiter);
    }
  }

  /** Takes out those of the rows from `firstNumber` to before `end`; undefined if there are none. */
  take(firstNumber: number, end: number): InsertWaiters | undefined {
    let count = 0;
    const taken = new InsertWaiters();
    while (count < this.#numbers.length && this.#numbers[count]! < end) {
      taken.add(this.#numbers[count]! - firstNumber, this.#waiters[count]!);
      count++;
    }
    this.#numbers.splice(0, count);
    this.#waiters.splice(0, count);
    return taken.isEmpty ? undefined : taken;
  }

  /** Rejects all of them. */
  rejectAll(error: Error): void {
    for (const waiter of this.#waiters.splice(0)) {
      waiter.reject(error);
    }
    this.#numbers.length = 0;
  }
}

import type { StoredPlace, StoreGroup } from "./store-group.js";

/** Rows of one group that follow each other. */
interface Range {
  readonly group: StoreGroup;
  readonly from: number;
  /** The number after that of the last one. */
  to: number;
}

/** The rows of one call, as long as they can be withdrawn. */
export class WithdrawableRows {
  #ranges: Range[] = [];

  /** Adds a row, which comes after all before. */
  add({ group, row }: StoredPlace): void {
    const last = this.#ranges.at(-1);
    if (last?.group === group && last.to === row) {
      last.to++;
      return;
    }
    if (last?.group !== group) {
      this.#ranges = this.#ranges.filter((range) => !range.group.isTaken);
    }
    this.#ranges.push({ group, from: row, to: row + 1 });
  }

  /** Withdraws them; returns whether there were any. */
  withdraw(): boolean {
    let hasWithdrawn = false;
    for (const { group, from, to } of this.#ranges.splice(0)) {
      for (let row = from; row < to; row++) {
        hasWithdrawn = group.withdraw(row) || hasWithdrawn;
      }
    }
    return hasWithdrawn;
  }
}

/** A table's claim to lanes. */
export interface LaneClaim {
  /** Whether there is anything to write now. */
  readonly isWaiting: boolean;
  /** Whether the table's attempts have failed since its last commit. */
  readonly isFailing: boolean;
  /** Uses the lane that it is given. */
  use(): void;
}

/**
 * Gives out lanes: a lane is the permission for one attempt to write rows over a connection. Tables
 * take turns, in the order in which they began to wait.
 *
 * Between several tables, no table ever holds all lanes, and neither do those together whose attempts
 * fail: a table that nothing is wrong with is not held up by them. A failing table makes one attempt at
 * a time, and the last free lane is left to the others, unless no failing table holds one.
 */
export class Schedule {
  /** The number of lanes. */
  readonly lanes: number;
  readonly #isShared: boolean;
  /** The number of lanes that one table may hold. */
  readonly #share: number;
  #free: number;
  readonly #held = new Map<LaneClaim, number>();
  /** When each claim began to wait, as a number that rises; first come, first served. */
  readonly #healthy = new Map<LaneClaim, number>();
  readonly #failing = new Map<LaneClaim, number>();
  #nextNumber = 0;

  /** @param isShared whether there are several tables */
  constructor(lanes: number, isShared: boolean) {
    this.lanes = lanes;
    this.#isShared = isShared;
    this.#share = isShared ? Math.max(1, lanes - 1) : lanes;
    this.#free = lanes;
  }

  /** Gives lanes to a table that has something to write, as soon as there are any. */
  request(claim: LaneClaim): void {
    this.#enter(claim);
    this.#giveOut();
  }

  /** Takes a lane back. */
  release(claim: LaneClaim): void {
    this.#free++;
    const held = this.#held.get(claim)! - 1;
    if (held === 0) {
      this.#held.delete(claim);
    } else {
      this.#held.set(claim, held);
    }
    this.request(claim);
  }

  /** Forgets a table that waits. */
  withdraw(claim: LaneClaim): void {
    this.#healthy.delete(claim);
    this.#failing.delete(claim);
  }

  #enter(claim: LaneClaim): void {
    const isQueued = this.#healthy.has(claim) || this.#failing.has(claim);
    if (!isQueued && claim.isWaiting && (this.#held.get(claim) ?? 0) < this.#shareOf(claim)) {
      this.#queueOf(claim).set(claim, this.#nextNumber++);
    }
  }

  #shareOf(claim: LaneClaim): number {
    return this.#isShared && claim.isFailing ? 1 : this.#share;
  }

  #queueOf(claim: LaneClaim): Map<LaneClaim, number> {
    return this.#isShared && claim.isFailing ? this.#failing : this.#healthy;
  }

  #giveOut(): void {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#free--;
      this.#held.set(next, (this.#held.get(next) ?? 0) + 1);
      next.use();
      this.#enter(next);
    }
  }

  /** The claim that has waited longest and may have a lane; it does not wait any more. */
  #next(): LaneClaim | undefined {
    if (this.#free === 0) {
      return undefined;
    }
    this.#sortOutFailing();
    const [healthy, failing] = [first(this.#healthy), this.#firstFailing()];
    const next = (healthy?.[1] ?? Infinity) < (failing?.[1] ?? Infinity) ? healthy : failing;
    if (next === undefined) {
      return undefined;
    }
    this.withdraw(next[0]);
    return next[0].isWaiting ? next[0] : this.#next();
  }

  /** The first healthy claim may have begun to fail while it waited. */
  #sortOutFailing(): void {
    for (const [claim] of this.#healthy) {
      if (this.#queueOf(claim) === this.#healthy) {
        return;
      }
      this.#healthy.delete(claim);
      this.#enter(claim);
    }
  }

  #firstFailing(): [LaneClaim, number] | undefined {
    const mayTakeOne = this.#free > 1 || ![...this.#held.keys()].some((claim) => claim.isFailing);
    return mayTakeOne ? first(this.#failing) : undefined;
  }
}

function first<Key, Value>(map: ReadonlyMap<Key, Value>): [Key, Value] | undefined {
  return map.entries().next().value;
}

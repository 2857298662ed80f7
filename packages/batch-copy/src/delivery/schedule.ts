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
 * take turns, in the order in which they began to wait; where both kinds wait, no failing table comes
 * after another: a thousand of them may be locked, and hold the only lane for a second each.
 *
 * Between several tables, the last free lane is not for a table that holds one already, nor for one
 * whose attempts fail while another such table holds one: a table that nothing is wrong with is not
 * held up by them. A failing table makes one attempt at a time.
 */
export class Schedule {
  /** The number of lanes. */
  readonly lanes: number;
  readonly #isShared: boolean;
  #free: number;
  readonly #held = new Map<LaneClaim, number>();
  /** When each claim began to wait, as a number that rises; first come, first served. */
  readonly #healthy = new Map<LaneClaim, number>();
  readonly #failing = new Map<LaneClaim, number>();
  #nextNumber = 0;
  /** Whether the last lane was given to a failing table. */
  #wasFailing = false;

  /** @param isShared whether there are several tables */
  constructor(lanes: number, isShared: boolean) {
    this.lanes = lanes;
    this.#isShared = isShared;
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
    const isBarred = this.#isFailing(claim) && this.#held.has(claim);
    if (!isQueued && !isBarred && claim.isWaiting) {
      this.#queueOf(claim).set(claim, this.#nextNumber++);
    }
  }

  /** One table has nobody to give way to. */
  #isFailing(claim: LaneClaim): boolean {
    return this.#isShared && claim.isFailing;
  }

  #queueOf(claim: LaneClaim): Map<LaneClaim, number> {
    return this.#isFailing(claim) ? this.#failing : this.#healthy;
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
    const [healthy, failing] = [this.#firstHealthy(), this.#firstFailing()];
    const isFailingNext =
      !this.#wasFailing && (failing?.[1] ?? Infinity) < (healthy?.[1] ?? Infinity);
    const next = isFailingNext ? failing : (healthy ?? failing);
    if (next === undefined) {
      return undefined;
    }
    this.withdraw(next[0]);
    if (!next[0].isWaiting) {
      return this.#next();
    }
    this.#wasFailing = next === failing;
    return next[0];
  }

  get #isLastToBeShared(): boolean {
    return this.#isShared && this.#free === 1;
  }

  #firstHealthy(): [LaneClaim, number] | undefined {
    for (const entry of this.#healthy) {
      const [claim] = entry;
      if (this.#isFailing(claim)) {
        // It has begun to fail while it waited.
        this.#healthy.delete(claim);
        this.#enter(claim);
      } else if (!this.#isLastToBeShared || !this.#held.has(claim)) {
        return entry;
      }
    }
    return undefined;
  }

  #firstFailing(): [LaneClaim, number] | undefined {
    const isOneHeld = [...this.#held.keys()].some((claim) => claim.isFailing);
    return this.#isLastToBeShared && isOneHeld ? undefined : first(this.#failing);
  }
}

function first<Key, Value>(map: ReadonlyMap<Key, Value>): [Key, Value] | undefined {
  return map.entries().next().value;
}

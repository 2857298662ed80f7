import type { LaneClaim, Schedule } from "./schedule.js";

/** What has batches to write. */
export interface BatchSource {
  /** Whether a batch waits that may be written beside those in progress. */
  readonly hasBatch: boolean;
  readonly isFailing: boolean;
  /** Begins to write the next batch, on a lane that is held already. */
  start(lane: Lane): void;
}

/** The lanes of one table: each of its batches in progress has one, and holds it during an attempt. */
export class Lanes implements LaneClaim {
  readonly #schedule: Schedule;
  readonly #source: BatchSource;
  /** Batches in progress that wait for their next attempt. */
  #entering: ((hasEntered: boolean) => void)[] = [];
  #isOver = false;

  constructor(schedule: Schedule, source: BatchSource) {
    this.#schedule = schedule;
    this.#source = source;
  }

  get isWaiting(): boolean {
    return this.#entering.length > 0 || (!this.#isOver && this.#source.hasBatch);
  }

  get isFailing(): boolean {
    return this.#source.isFailing;
  }

  /** Starts batches as soon as there are lanes for them. */
  request(): void {
    this.#schedule.request(this);
  }

  /** Those that were sent earlier go first. */
  use(): void {
    const enter = this.#entering.shift();
    if (enter === undefined) {
      this.#source.start(new Lane(this));
    } else {
      enter(true);
    }
  }

  /** Waits for a lane; resolves to false if there will be none. */
  enter(): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#isOver) {
        resolve(false);
      } else {
        this.#entering.push(resolve);
        this.request();
      }
    });
  }

  release(): void {
    this.#schedule.release(this);
  }

  /** Gives out no further lanes. */
  end(): void {
    this.#isOver = true;
    this.#schedule.withdraw(this);
    const entering = this.#entering;
    this.#entering = [];
    entering.forEach((enter) => enter(false));
  }
}

/** The lane of a batch in progress, which is held only while it is at the server. */
export class Lane {
  readonly #lanes: Lanes;
  #isHeld = true;

  constructor(lanes: Lanes) {
    this.#lanes = lanes;
  }

  /** Waits until the lane is held; resolves to false if it never will be. */
  async enter(): Promise<boolean> {
    this.#isHeld ||= await this.#lanes.enter();
    return this.#isHeld;
  }

  /** Leaves the lane to others. */
  leave(): void {
    if (this.#isHeld) {
      this.#isHeld = false;
      this.#lanes.release();
    }
  }
}

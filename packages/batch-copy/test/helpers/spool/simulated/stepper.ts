import type { Clock } from "../../../../dist/batch/clock.js";
import type { SeededRandom } from "../../fault/seeded-random.js";
import type { ProcessLife } from "./process-life.js";

/** Something that a process has asked for, and that has not happened yet. */
interface Step {
  readonly what: string;
  readonly life: ProcessLife;
  /** Lets it happen, and tells the process. */
  readonly happen: () => void;
  /** What has happened of it if the process was killed meanwhile. */
  readonly cutOff: () => void;
}

interface Timer {
  readonly at: number;
  readonly life: ProcessLife;
  readonly callback: () => void;
}

/**
 * Time and everything asynchronous of a history: what processes ask for happens one step after the
 * other, in an order drawn at random. Time passes only when there is nothing else to do, or by chance.
 */
export class Stepper {
  readonly #random: SeededRandom;
  #waiting: Step[] = [];
  readonly #timers = new Set<Timer>();
  #now = 1000;
  readonly #tell: (what: string) => void;
  /** How many steps have happened. */
  steps = 0;

  /** @param tell is called with each step, and what came of it */
  constructor(random: SeededRandom, tell: (what: string) => void) {
    this.#random = random;
    this.#tell = tell;
  }

  get now(): number {
    return this.#now;
  }

  /**
   * Resolves to what `act` returns, or rejects with what it throws, when its turn has come.
   *
   * @param cutOff what may have happened if the process is killed before: nothing, or `act`, by chance
   */
  step<Result>(
    life: ProcessLife,
    what: string,
    act: () => Result,
    cutOff: () => void = () => void (this.#random.percent(50) && attempt(act)),
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (!life.isRunning) {
        return;
      }
      const happen = (): void => {
        try {
          const result = act();
          this.#tell(`${life.name}: ${what}`);
          resolve(result);
        } catch (error) {
          this.#tell(`${life.name}: ${what}: ${String(error)}`);
          // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- it is what was thrown
          reject(error);
        }
      };
      this.#waiting.push({ what, life, happen, cutOff });
    });
  }

  /** Time as a process has it. */
  clockOf(life: ProcessLife): Clock {
    return {
      now: () => this.#now,
      after: (milliseconds, callback) => {
        const timer = { at: this.#now + milliseconds, life, callback };
        this.#timers.add(timer);
        return () => this.#timers.delete(timer);
      },
      soon: (callback) => void this.step(life, "goes on", callback),
    };
  }

  /** Resolves after so much time. */
  pause(life: ProcessLife, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.clockOf(life).after(milliseconds, resolve);
    });
  }

  /** Lets the next step happen, or time pass. Returns false if nobody waits for anything. */
  async next(): Promise<boolean> {
    this.steps++;
    await this.#follow();
    const isIdle = this.#waiting.length === 0;
    if ((isIdle || this.#random.percent(3)) && this.#pass()) {
      return true;
    }
    if (isIdle) {
      return false;
    }
    const [step] = this.#waiting.splice(this.#random.below(this.#waiting.length), 1);
    step!.happen();
    return true;
  }

  /** Lets processes go on after what has happened: some way, or until all of them wait. */
  async #follow(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) {
      await Promise.resolve();
    }
    if (this.#waiting.length === 0) {
      await this.settle();
    }
  }

  /** Lets processes do all that follows from what has happened. */
  settle(): Promise<void> {
    return new Promise((resolve) => void setImmediate(resolve));
  }

  /** Ends a process: what it has asked for may still happen, but nobody is told. */
  kill(life: ProcessLife): void {
    life.end();
    const [own, others] = [
      this.#waiting.filter((step) => step.life === life),
      this.#waiting.filter((step) => step.life !== life),
    ];
    this.#waiting = others;
    for (const step of own) {
      this.#tell(`${life.name}: killed during ${step.what}`);
      step.cutOff();
    }
    for (const timer of this.#timers) {
      if (timer.life === life) {
        this.#timers.delete(timer);
      }
    }
  }

  /** Goes to the next timer, and calls back. Returns false if there is none. */
  #pass(): boolean {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (next === undefined || timer.at < next.at) {
        next = timer;
      }
    }
    if (next === undefined) {
      return false;
    }
    this.#timers.delete(next);
    this.#now = Math.max(this.#now, next.at);
    next.callback();
    return true;
  }
}

function attempt(act: () => unknown): void {
  try {
    act();
  } catch {
    // The process that it would be told to is no more.
  }
}

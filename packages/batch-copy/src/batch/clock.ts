import { clearTimeout, now, setImmediate, setTimeout } from "../timers.js";

/** A source of time, which tests can replace. */
export interface Clock {
  /** Milliseconds since some time in the past. */
  now(): number;
  /** Calls back after `milliseconds`; the function that it returns cancels that. */
  after(milliseconds: number, callback: () => void): () => void;
  /** Calls back in the next turn of the event loop, after everything that is ready to run now. */
  soon(callback: () => void): void;
}

/** Node's time. */
export const systemClock: Clock = {
  now,
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
  soon(callback) {
    setImmediate(callback);
  },
};

/** Resolves after so many milliseconds. */
export function sleep(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(milliseconds, resolve);
  });
}

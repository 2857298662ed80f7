/** Time, so that tests can own it. */
export interface Clock {
  /** Milliseconds since some time in the past. */
  now(): number;
  /** Calls back after so many milliseconds; what it returns cancels that. */
  after(milliseconds: number, callback: () => void): () => void;
  /** Calls back when the event loop has come round, after all that is ready to run now. */
  soon(callback: () => void): void;
}

/** Node's own time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
  soon(callback) {
    setImmediate(callback);
  },
};

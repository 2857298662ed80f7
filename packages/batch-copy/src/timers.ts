import { performance } from "node:perf_hooks";
import * as nodeTimers from "node:timers";

/**
 * Node's timers as they were when this module was loaded. Test runners replace the global timers, and
 * those of `node:timers`, by fake ones that do not advance, but a database needs real time. The whole
 * library takes time from here.
 */
export const setTimeout: typeof nodeTimers.setTimeout = nodeTimers.setTimeout;
export const clearTimeout: typeof nodeTimers.clearTimeout = nodeTimers.clearTimeout;
export const setImmediate: typeof nodeTimers.setImmediate = nodeTimers.setImmediate;
// oxlint-disable-next-line typescript/unbound-method -- it does not use `this`
export const nextTick: typeof process.nextTick = process.nextTick;

/** Milliseconds since the process started. */
export const now: () => number = performance.now.bind(performance);

/** Resolves in the next turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Calls back after so many milliseconds, unless the process has ended by then; returns what cancels that. */
export function unrefTimer(milliseconds: number, callback: () => void): () => void {
  const timer = setTimeout(callback, milliseconds);
  timer.unref();
  return () => clearTimeout(timer);
}

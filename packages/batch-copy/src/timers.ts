import { performance } from "node:perf_hooks";
import * as nodeTimers from "node:timers";

/**
 * Node's timers as they were when this module was loaded. Test runners replace the global ones, and
 * those of `node:timers`, by fakes that stand still; a database answers all the same. All of the
 * library takes time from here.
 */
export const setTimeout: typeof nodeTimers.setTimeout = nodeTimers.setTimeout;
export const clearTimeout: typeof nodeTimers.clearTimeout = nodeTimers.clearTimeout;
export const setImmediate: typeof nodeTimers.setImmediate = nodeTimers.setImmediate;
// oxlint-disable-next-line typescript/unbound-method -- it does not use `this`
export const nextTick: typeof process.nextTick = process.nextTick;

/** Milliseconds since the process started. */
export const now: () => number = performance.now.bind(performance);

/** Resolves when the event loop has come round. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

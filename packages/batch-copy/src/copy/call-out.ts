import { nextTick } from "../timers.js";

/**
 * Calls code of the application's: listeners, wrappers, what takes a client back. What that throws is
 * the application's to see, in a turn of its own (an `uncaughtException`, as from any listener), and
 * must not stop a delivery.
 */
export function callOut(work: () => void): void {
  try {
    work();
  } catch (error) {
    nextTick(() => {
      throw error;
    });
  }
}

/** Whether it is a promise, of whatever class. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** What was thrown, as an Error: wrappers may throw anything. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

import { nextTick } from "../timers.js";

/**
 * Calls code of the application: listeners, wrappers, the release of a client. An error that it throws
 * must not stop a delivery: it is thrown again in a tick of its own, where it is an
 * `uncaughtException`, as from any listener.
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

/** Returns what was thrown as an Error. Never throws itself: the application may throw any value. */
export function toError(thrown: unknown): Error {
  try {
    return thrown instanceof Error ? thrown : new Error(String(thrown));
  } catch {
    return new Error(`a thrown ${typeof thrown} that cannot be converted to a string`);
  }
}

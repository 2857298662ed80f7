/**
 * Calls code of the application's: listeners, wrappers, what takes a client back. What that throws is
 * the application's to see, in a turn of its own (an `uncaughtException`, as from any listener), and
 * must not stop a delivery.
 */
export function callOut(work: () => void): void {
  try {
    work();
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}

/** What was thrown, as an Error: wrappers may throw anything. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

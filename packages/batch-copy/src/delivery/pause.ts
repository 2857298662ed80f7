import { onAbort } from "../batch/abort-watch.js";
import type { Clock } from "../batch/clock.js";

/** Resolves after so many milliseconds, or when the signal aborts. */
export function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const cancel = clock.after(milliseconds, () => {
      forget();
      resolve();
    });
    const forget = onAbort(signal, () => {
      cancel();
      resolve();
    });
  });
}

/** Resolves to the result of the work, or to undefined as soon as the signal aborts. */
export async function unlessAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
): Promise<Result | undefined> {
  if (signal.aborted) {
    return undefined;
  }
  let forget: (() => void) | undefined;
  const aborted = new Promise<undefined>((resolve) => {
    forget = onAbort(signal, () => resolve(undefined));
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    forget?.();
  }
}

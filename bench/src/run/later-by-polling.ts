import type { Later } from "./delaying-proxy.js";

interface Waiting {
  readonly dueAt: number;
  readonly what: () => void;
}

const queue: Waiting[] = [];

/**
 * Is exact to some hundredths of a millisecond, but occupies a core while anything waits. Between two
 * looks at the clock, sockets are read. All delays of a thread must be the same.
 */
export const laterByPolling: Later = (delayMs, what) => {
  queue.push({ dueAt: performance.now() + delayMs, what });
  if (queue.length === 1) setImmediate(poll);
};

function poll(): void {
  const now = performance.now();
  const due = queue.findIndex(({ dueAt }) => dueAt > now);
  for (const { what } of queue.splice(0, due === -1 ? queue.length : due)) {
    what();
  }
  if (queue.length > 0) setImmediate(poll);
}

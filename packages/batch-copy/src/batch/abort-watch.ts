/** Who waits for a signal: one listener a signal serves all of them. */
const waiters = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back once when the signal aborts. A signal shared by thousands of waiting senders gets one
 * listener, because an EventTarget looks through all it has when one is added.
 *
 * @returns what takes the callback back
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  let waiting = waiters.get(signal);
  if (waiting === undefined) {
    waiting = new Set();
    waiters.set(signal, waiting);
    signal.addEventListener("abort", () => waiters.get(signal)?.forEach((call) => call()), {
      once: true,
    });
  }
  const set = waiting;
  set.add(callback);
  return () => void set.delete(callback);
}

/** The rows, until the signal aborts, also while the source is silent. */
export async function* abortable<Row>(
  rows: AsyncIterable<Row>,
  signal: AbortSignal,
): AsyncGenerator<Row> {
  const iterator = rows[Symbol.asyncIterator]();
  let forget: () => void = noop;
  const aborted = new Promise<never>((_, reject) => {
    forget = onAbort(signal, () => reject(signal.reason as Error));
  });
  aborted.catch(noop);
  try {
    signal.throwIfAborted();
    while (true) {
      const next = await Promise.race([iterator.next(), aborted]);
      if (next.done === true) {
        return;
      }
      yield next.value;
    }
  } finally {
    forget();
    // Not awaited: a silent source answers when it likes.
    void Promise.resolve(iterator.return?.()).catch(noop);
  }
}

function noop(): void {}

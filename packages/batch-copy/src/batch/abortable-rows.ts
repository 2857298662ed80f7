import { abortReason, onAbort, throwIfAborted } from "./abort-watch.js";

/** The state of a source of rows: it has not answered yet, it has returned a row, or it has ended. */
type State = "silent" | "open" | "over";

/**
 * Yields the rows until the signal aborts, even while the source is silent. A consumer that stops early
 * waits until the source is closed, as `for await` does. Only a source that is silent when the signal
 * aborts is not waited for.
 */
export async function* abortable<Row>(
  rows: AsyncIterable<Row>,
  signal: AbortSignal,
): AsyncGenerator<Row> {
  throwIfAborted(signal);
  const source = rows[Symbol.asyncIterator]();
  let state: State = "open";
  let interrupt = noop;
  const forget = onAbort(signal, () => interrupt());

  /** A promise for each row: a promise as old as the signal would retain all that were raced with it. */
  function next(): Promise<IteratorResult<Row>> {
    return new Promise((resolve, reject) => {
      interrupt = () => reject(abortReason(signal));
      state = "over";
      const answer = Promise.resolve(source.next());
      state = "silent";
      answer
        .then((result) => {
          state = result.done === true ? "over" : "open";
          resolve(result);
        })
        .catch((error: Error) => {
          state = "over";
          reject(error);
        });
    });
  }

  try {
    while (true) {
      throwIfAborted(signal);
      const { done, value } = await next();
      if (done === true) {
        return;
      }
      yield value;
    }
  } finally {
    forget();
    await closeSource(source, state);
  }
}

/** Closes the source. An error while it closes is ignored in favor of the one that stopped it. */
async function closeSource(source: AsyncIterator<unknown>, state: State): Promise<void> {
  if (state === "over") {
    return;
  }
  const closing = (async () => source.return?.())().catch(noop);
  if (state === "open") {
    await closing;
  }
}

function noop(): void {}

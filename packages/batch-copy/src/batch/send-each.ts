import { throwIfAborted } from "./abort-watch.js";
import { abortable } from "./abortable-rows.js";
import { addPosition } from "./row-position.js";

/**
 * Offers rows one after the other, until one is refused, the rows end or the signal aborts.
 *
 * @param offer returns a promise only if there is something to wait for
 * @returns the number of rows accepted
 * @throws what `offer` throws, with the position of the row, if the error has a place for it; what the
 * iterable throws; the signal's reason
 */
export async function sendEach<Row>(
  rows: Iterable<Row> | AsyncIterable<Row>,
  signal: AbortSignal | undefined,
  offer: (row: Row) => Promise<unknown> | undefined,
): Promise<number> {
  if (!isIterable(rows)) {
    throw new TypeError("sendMany() takes an iterable or an async iterable of rows");
  }
  if (signal !== undefined) {
    throwIfAborted(signal);
  }
  let accepted = 0;
  let isOffering = false;
  try {
    if (Symbol.asyncIterator in rows) {
      for await (const row of signal === undefined ? rows : abortable(rows, signal)) {
        isOffering = true;
        await offer(row);
        isOffering = false;
        accepted++;
      }
    } else {
      for (const row of rows) {
        isOffering = true;
        const wait = offer(row);
        if (wait !== undefined) {
          await wait;
        }
        isOffering = false;
        accepted++;
      }
    }
  } catch (error) {
    // What the iterable throws, and the reason of a signal, belong to the caller: no change to them.
    if (isOffering && error !== signal?.reason) {
      addPosition(error, accepted);
    }
    throw error;
  }
  return accepted;
}

function isIterable(rows: unknown): boolean {
  return (
    typeof rows === "object" &&
    rows !== null &&
    (Symbol.iterator in rows || Symbol.asyncIterator in rows)
  );
}

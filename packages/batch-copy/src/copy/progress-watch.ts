import { isServerBusy } from "./backend.js";
import type { Connections } from "./connections.js";
import type { CopyTransaction } from "./copy-transaction.js";
import { LoopTimer } from "./loop-timer.js";

/** The error of a transaction whose connection was closed because it made no progress. */
export class StalledError extends Error {
  constructor(timeoutMs: number) {
    super(`no progress for ${timeoutMs} ms (copyTimeoutMs)`);
  }
}

/**
 * Closes the connection of a transaction that has made no progress for `timeoutMs`, unless its backend
 * is busy: waits for a lock, for the disk or for a standby are not ended. Another connection is used to
 * find out; if there is none, the backend counts as not busy.
 *
 * @returns a function that ends the watch
 */
export function watchProgress(
  transaction: CopyTransaction,
  connections: Connections,
  timeoutMs: number,
): () => void {
  let hasMoved = false;
  let isOver = false;
  const timer = new LoopTimer(timeoutMs, () => void check());
  transaction.onProgress = () => {
    hasMoved = true;
    timer.restart();
  };

  async function check(): Promise<void> {
    hasMoved = false;
    const wasSettled = transaction.isSettled;
    const isBusy = !wasSettled && (await isServerAtWork(transaction, connections));
    if (isOver || hasMoved) {
      return;
    }
    timer.restart();
    if (!isBusy && transaction.isSettled === wasSettled) {
      // If it is settled, the socket still holds messages that it cannot write.
      transaction.insistOnCut(new StalledError(timeoutMs));
    }
  }

  return () => {
    isOver = true;
    timer.stop();
  };
}

async function isServerAtWork(
  { backend }: CopyTransaction,
  connections: Connections,
): Promise<boolean> {
  if (backend === undefined) {
    return false;
  }
  try {
    return await connections.useNew((client) => isServerBusy(client, backend));
  } catch {
    return false;
  }
}

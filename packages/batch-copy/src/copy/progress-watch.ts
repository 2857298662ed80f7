import { clearTimeout, setTimeout } from "../timers.js";
import { isServerBusy } from "./backend.js";
import type { Connections } from "./connections.js";
import type { CopyTransaction } from "./copy-transaction.js";

/** Why a transaction was cut that made no progress. */
export class StalledError extends Error {
  constructor(timeoutMs: number) {
    super(`no progress for ${timeoutMs} ms (copyTimeoutMs)`);
  }
}

/**
 * Cuts a transaction that has made no progress for so long, unless the server is at work for it: a
 * wait for a lock, for the disk or for a standby is the server's affair. What the server is doing is
 * asked over another connection; if there is none to be had, nothing speaks for waiting.
 *
 * @returns ends the watch
 */
export function watchProgress(
  transaction: CopyTransaction,
  connections: Connections,
  timeoutMs: number,
): () => void {
  let hasMoved = false;
  let isOver = false;
  const timer = setTimeout(() => void check(), timeoutMs);
  transaction.onProgress = () => {
    hasMoved = true;
    timer.refresh();
  };

  async function check(): Promise<void> {
    hasMoved = false;
    const wasSettled = transaction.isSettled;
    const isBusy = !wasSettled && (await isServerAtWork(transaction, connections));
    if (isOver || hasMoved) {
      return;
    }
    if (isBusy || transaction.isSettled !== wasSettled) {
      timer.refresh();
    } else {
      // If it is settled, the socket still holds messages that the network does not take.
      transaction.cut(new StalledError(timeoutMs));
    }
  }

  return () => {
    isOver = true;
    clearTimeout(timer);
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

import type { LostBackend } from "../transaction/guard.js";
import { isServerBusy } from "./backend.js";
import type { Connections } from "./connections.js";
import { LoopTimer } from "./loop-timer.js";

/** The error of a transaction whose connection was closed because it made no progress. */
export class StalledError extends Error {
  constructor(timeoutMs: number) {
    super(`no progress for ${timeoutMs} ms (copyTimeoutMs)`);
  }
}

/** A transaction, as far as its watch sees it. */
export interface Watched {
  /** The backend that is at work, if it is known. */
  readonly backend: LostBackend | undefined;
  /** Whether all is settled but for messages that the socket still holds. */
  readonly isSettled: boolean;
  /** Whether it waits for something else before it goes on. */
  readonly isHeldBack: boolean;
  /** Called whenever something has moved. */
  onProgress: () => void;
  /** Ends the connection, the second time at any cost. */
  insistOnCut(error: Error): void;
}

interface WatchedRoute {
  readonly connections: Connections;
}

/**
 * Closes the connection of a transaction that has made no progress for `timeoutMs`, unless its backend
 * is busy: waits for a lock, for the disk or for a standby are not ended. Another connection is used to
 * find out; if there is none, the backend counts as not busy, unless a temporary table would be lost
 * with the connection.
 *
 * @returns a function that ends the watch
 */
export function watchProgress(
  transaction: Watched,
  route: WatchedRoute,
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
    const isBusy =
      !wasSettled && (transaction.isHeldBack || (await isServerAtWork(transaction, route)));
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
  { backend }: Watched,
  { connections }: WatchedRoute,
): Promise<boolean> {
  if (backend === undefined) {
    return false;
  }
  try {
    return await connections.useNew((client) => isServerBusy(client, backend));
  } catch {
    return connections.holdsTemporaryTable;
  }
}

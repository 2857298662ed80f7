import { BatchCopyError } from "../errors.js";
import type { Origin } from "../transaction/origin.js";
import { isRefusal } from "../transaction/server-error.js";
import { answerWithin } from "./answer-within.js";
import { connectError } from "./connect-error.js";
import type { PgClient } from "./driver.js";

/** A client that is checked out and idle. */
export interface Connection {
  readonly client: PgClient;
  readonly origin: Origin;
  /** Returns it to the pool. With an error, it is closed instead of used again. Never throws. */
  readonly release: (error?: unknown) => void;
}

/**
 * Lends a connection to `work`, and releases it.
 *
 * @throws ConnectError, also if the work takes longer than `timeoutMs`, or the BatchCopyError that
 * `work` throws.
 */
export async function lend<Result>(
  { client, release }: Connection,
  timeoutMs: number,
  work: (client: PgClient) => Promise<Result>,
): Promise<Result> {
  try {
    const result = await answerWithin(timeoutMs, client, work);
    release();
    return result;
  } catch (error) {
    if (error instanceof BatchCopyError) {
      release();
      throw error;
    }
    const failure = connectError(error);
    // An ERROR leaves the session as it was, and a temporary table may go with it.
    release(isRefusal(error) ? undefined : failure);
    throw failure;
  }
}

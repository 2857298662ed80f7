import { onAbort } from "../batch/abort-watch.js";
import type { PgClient } from "./driver.js";
import { LoopTimer } from "./loop-timer.js";

/**
 * Does work over a client. Rejects, and closes the client's connection, if the work is not done in
 * time, or when the signal aborts. The work itself may never end then, because a wrapper of the client
 * may not call back.
 *
 * @param timeoutMs milliseconds in which the event loop runs
 */
export async function answerWithin<Client extends PgClient, Result>(
  timeoutMs: number,
  client: Client,
  work: (client: Client) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  signal?.throwIfAborted();
  let stop = noop;
  const over = new Promise<never>((_, reject) => {
    const end = (error: Error): void => {
      reject(error);
      client.connection.stream.destroy(error);
    };
    const timer = new LoopTimer(timeoutMs, () => {
      end(new Error(`no answer within ${timeoutMs} ms (connectTimeoutMs)`));
    });
    const forget = signal === undefined ? noop : onAbort(signal, () => end(signal.reason as Error));
    stop = () => {
      timer.stop();
      forget();
    };
  });
  try {
    return await Promise.race([over, work(client)]);
  } finally {
    stop();
  }
}

function noop(): void {}

import type { PgClient } from "./driver.js";
import { LoopTimer } from "./loop-timer.js";

/**
 * Does work over a client. Rejects, and closes the client's connection, if the work is not done in
 * time. The work itself may never end then, because a wrapper of the client may not call back.
 *
 * @param timeoutMs milliseconds in which the event loop runs
 */
export async function answerWithin<Client extends PgClient, Result>(
  timeoutMs: number,
  client: Client,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  let timer: LoopTimer | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = new LoopTimer(timeoutMs, () => {
      const error = new Error(`no answer within ${timeoutMs} ms (connectTimeoutMs)`);
      reject(error);
      client.connection.stream.destroy(error);
    });
  });
  try {
    return await Promise.race([over, work(client)]);
  } finally {
    timer?.stop();
  }
}

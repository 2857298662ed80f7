import { clearTimeout, setTimeout } from "../timers.js";
import type { PgClient } from "./driver.js";

/** Cuts the client's connection if the work with it takes longer; the work then fails. */
export async function within<Client extends PgClient, Result>(
  timeoutMs: number,
  client: Client,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const timer = setTimeout(() => {
    client.connection.stream.destroy(new Error("no answer within connectTimeoutMs"));
  }, timeoutMs);
  try {
    return await work(client);
  } finally {
    clearTimeout(timer);
  }
}

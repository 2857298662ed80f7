import { Client } from "pg";

import { median } from "../report/statistics.js";

const STATEMENT = { name: "round trip", text: "SELECT 1" };
const WARM_UP_CALLS = 200;
const CALLS = 500;

/** How long a prepared SELECT takes that reads nothing: the median, in milliseconds. */
export async function measureRoundTrip(databaseUrl: string): Promise<number> {
  const client = new Client(databaseUrl);
  await client.connect();
  const tookMs: number[] = [];
  for (let call = 0; call < WARM_UP_CALLS + CALLS; call++) {
    const startedAt = performance.now();
    await client.query(STATEMENT);
    tookMs.push(performance.now() - startedAt);
  }
  await client.end();
  return median(tookMs.slice(WARM_UP_CALLS));
}

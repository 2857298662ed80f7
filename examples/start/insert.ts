import { Copier } from "batch-copy";
import { Pool } from "pg";

import { measure, type Measurement, type Work } from "./measure.js";
import { INSERT, metric, metrics, type Metric, type MetricsTable } from "./metrics.js";

export const CALLERS = 256;
export const POOL_SIZE = 10;
const MILLISECONDS = 1000;

/** Many callers, each waiting until its row is committed, by `insert()`. */
export async function measureInsert(
  tableOnServer: MetricsTable,
  signal: AbortSignal,
): Promise<Measurement> {
  await using copier = await Copier.connect(metrics);
  return await measure(tableOnServer, async () => {
    const work = await callForAWhile((row) => copier.insert(row), signal);
    return { ...work, batches: copier.stats.batchesCommitted };
  });
}

/** The same through a pool of connections, each running one INSERT at a time. */
export async function measurePool(
  tableOnServer: MetricsTable,
  signal: AbortSignal,
): Promise<Measurement> {
  const pool = new Pool({ connectionString: process.env["DATABASE_URL"], max: POOL_SIZE });
  try {
    // Opens the connections in advance, as the copier does.
    await Promise.all(Array.from({ length: POOL_SIZE }, () => pool.query("SELECT pg_sleep(0.01)")));
    return await measure(tableOnServer, () =>
      callForAWhile((row) => pool.query(INSERT, [row.url, row.latency_ms]), signal),
    );
  } finally {
    await pool.end();
  }
}

async function callForAWhile(
  insert: (row: Metric) => Promise<unknown>,
  signal: AbortSignal,
): Promise<Work> {
  const end = performance.now() + MILLISECONDS;
  let next = 0;
  const call = async (): Promise<void> => {
    while (performance.now() < end) {
      signal.throwIfAborted();
      await insert(metric(next++));
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
  return { rows: next };
}

import { Copier } from "batch-copy";

import { formatNumber, perSecond } from "../support/numbers.js";
import { withProgress } from "../support/progress.js";
import { measure, type Measurement } from "./measure.js";
import { metric, metrics, type MetricsTable } from "./metrics.js";

export interface SendOptions {
  readonly rows: number;
  readonly producers: number;
}

/** Many producers, each sending row after row. The signal closes the copier, which ends them. */
export async function measureSend(
  tableOnServer: MetricsTable,
  { rows, producers }: SendOptions,
  signal: AbortSignal,
): Promise<Measurement> {
  await using copier = await Copier.connect(metrics);
  const closeOnAbort = (): void => void copier.close({ timeoutMs: 5000 }).catch(() => {});
  signal.addEventListener("abort", closeOnAbort);
  signal.throwIfAborted();

  let next = 0;
  const produce = async (): Promise<void> => {
    while (next < rows) {
      await copier.send(metric(next++));
    }
  };
  const work = async () => {
    await Promise.all(Array.from({ length: producers }, produce));
    await copier.flush();
    return { rows: next, batches: copier.stats.batchesCommitted };
  };
  const startedAt = performance.now();
  const describe = (): string => progressLine(copier, startedAt);
  return await withProgress(describe, measure(tableOnServer, work));
}

function progressLine(copier: Copier<object>, startedAt: number): string {
  const { rowsCommitted, rowsBuffered, batchesCommitted } = copier.stats;
  const [committed, buffered, batches] = [rowsCommitted, rowsBuffered, batchesCommitted].map(
    (count) => formatNumber(count),
  );
  const speed = perSecond(rowsCommitted, startedAt);
  return `${speed} rows/s, ${committed} committed, ${buffered} buffered, ${batches} batches`;
}

import { totalsOf, type MetricsTable, type Totals } from "./metrics.js";

/** What a way of writing reports about its run. */
export interface Work {
  readonly rows: number;
  readonly batches?: number;
}

/** A way of writing, measured from the first row to the last commit. */
export interface Measurement extends Work {
  readonly seconds: number;
  /** User and system time of this process, including the producers' own work. */
  readonly cpuMicroseconds: number;
  readonly sent: Totals;
  readonly found: Totals;
}

/** Empties the table, runs the work, and asks the server what the table holds. */
export async function measure(
  tableOnServer: MetricsTable,
  work: () => Promise<Work>,
): Promise<Measurement> {
  await tableOnServer.empty();
  const startedAt = performance.now();
  const cpuAtStart = process.cpuUsage();
  const done = await work();
  const { user, system } = process.cpuUsage(cpuAtStart);
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    ...done,
    seconds,
    cpuMicroseconds: user + system,
    sent: totalsOf(done.rows),
    found: await tableOnServer.totals(),
  };
}

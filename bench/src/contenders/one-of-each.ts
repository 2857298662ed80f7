import type { Copier } from "batch-copy";

import type { Row } from "../workloads/workload.js";
import { closeCopier } from "./close-copier.js";
import { connectCopier } from "./connect-copier.js";
import type { Findings, Job, Open } from "./job.js";
import { openSources } from "./open-sources.js";

type Send = (n: number) => Promise<void>;

/**
 * Transactions of a row from each of the `sources`, one after the other, each timed from its first row
 * to its commit. Without a ledger, the rows come from no source.
 */
export const open: Open = async (job) => {
  const copier = await connectCopier(job);
  const send = job.options["ledger"] === 1 ? await bySources(copier, job) : byCopier(copier, job);
  return {
    write: () => inTransactions(copier, job, send),
    close: () => closeCopier(copier),
  };
};

function byCopier(copier: Copier<Row>, { workload }: Job): Send {
  return (n) => copier.send(workload.row(n));
}

async function bySources(copier: Copier<Row>, { workload, options }: Job): Promise<Send> {
  const sources = await openSources(copier, options);
  const { length } = sources;
  return (n) => sources[n % length]!.send(workload.row(n), Math.floor(n / length));
}

async function inTransactions(
  copier: Copier<Row>,
  { rows, options }: Job,
  send: Send,
): Promise<Findings> {
  const { sources = 1 } = options;
  const tookMs = new Float64Array(Math.ceil(rows / sources));
  for (let transaction = 0; transaction < tookMs.length; transaction++) {
    const first = transaction * sources;
    const startedAt = performance.now();
    for (let n = first; n < Math.min(rows, first + sources); n++) {
      await send(n);
    }
    await copier.flush();
    tookMs[transaction] = performance.now() - startedAt;
  }
  return { tookMs };
}

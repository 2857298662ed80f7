import { rowsBetween, type Row } from "../workloads/workload.js";
import type { Job } from "./job.js";

/** Writes the job's rows in batches of `batchRows`, one after the other. */
export async function inBatches(
  { workload, rows, options }: Job,
  write: (batch: Row[]) => Promise<unknown>,
): Promise<void> {
  const { batchRows = rows } = options;
  for (let start = 0; start < rows; start += batchRows) {
    await write(rowsBetween(workload, start, Math.min(rows, start + batchRows)));
  }
}

/** How a client runs one statement by itself, and several in a transaction. */
interface Session<T> {
  readonly alone: T;
  readonly transaction: (work: (inside: T) => Promise<void>) => Promise<unknown>;
}

/**
 * Writes batches by a statement each. A batch with too many parameters for one, 65,535, is divided
 * among several in a transaction.
 */
export function inStatements<T>(
  job: Job,
  { alone, transaction }: Session<T>,
  write: (client: T, rows: Row[]) => Promise<unknown>,
): Promise<void> {
  const { rowsPerInsert } = job.workload;
  return inBatches(job, (batch) => {
    if (batch.length <= rowsPerInsert) return write(alone, batch);
    return transaction(async (inside) => {
      for (let start = 0; start < batch.length; start += rowsPerInsert) {
        await write(inside, batch.slice(start, start + rowsPerInsert));
      }
    });
  });
}

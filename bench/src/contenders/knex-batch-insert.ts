import knex from "knex";

import { qualifiedName, rowsBetween } from "../workloads/workload.js";
import { connectionsOf, sharesOf, type Open } from "./job.js";

const ROWS_PER_CALL = 10_000;

/** knex `batchInsert` of 10 000 rows a call, which is a transaction of multi-row INSERTs. */
export const open: Open = async (job) => {
  const { workload } = job;
  const size = connectionsOf(job);
  const database = knex({
    client: "pg",
    connection: process.env["DATABASE_URL"] ?? "",
    pool: { min: size, max: size },
  });
  await Promise.all(Array.from({ length: size }, () => database.raw("SELECT pg_sleep(0.01)")));
  const insertAll = async ([from, to]: [number, number]): Promise<void> => {
    for (let start = from; start < to; start += ROWS_PER_CALL) {
      const rows = rowsBetween(workload, start, Math.min(to, start + ROWS_PER_CALL));
      await database.batchInsert(qualifiedName(workload), rows, workload.rowsPerInsert);
    }
  };
  return {
    async write() {
      await Promise.all(sharesOf(job).map(insertAll));
    },
    close: () => database.destroy(),
  };
};

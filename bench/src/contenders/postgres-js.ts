import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import postgres from "postgres";

import { textChunks, trustText } from "../workloads/copy-text.js";
import { qualifiedName } from "../workloads/workload.js";
import { connectionsOf, sharesOf, type Open } from "./job.js";

/** postgres.js: hand-written lines, in chunks of 64 KiB, into its writable COPY. */
export const open: Open = async (job) => {
  const max = connectionsOf(job);
  const sql = postgres(process.env["DATABASE_URL"] ?? "", { max });
  await Promise.all(Array.from({ length: max }, () => sql`SELECT pg_sleep(0.01)`));
  const copy = async (share: [number, number]): Promise<void> => {
    const writable = await sql`COPY ${sql(qualifiedName(job.workload))} FROM STDIN`.writable();
    await pipeline(Readable.from(textChunks(job.workload, share, trustText)), writable);
  };
  return {
    async write() {
      await Promise.all(sharesOf(job).map(copy));
    },
    close: () => sql.end(),
  };
};

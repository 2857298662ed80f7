import { columnNames } from "../workloads/column-names.js";
import { qualifiedName } from "../workloads/workload.js";
import { insertInto } from "./insert-statement.js";
import { isBinary, type Open } from "./job.js";
import { Psql } from "./psql-process.js";
import { onConflictClause } from "./upsert-statement.js";

/** A temporary table that is emptied at each commit. */
const TEMPORARY = "pg_temp.arriving";

/**
 * A transaction for each ready file, in COPY's text or binary format: `\copy` into a temporary table,
 * and INSERT … SELECT … ON CONFLICT from there.
 */
export const open: Open = async ({ workload, files, options }) => {
  const client = new Psql();
  const table = qualifiedName(workload);
  await client.run(`CREATE TEMP TABLE ${TEMPORARY} (LIKE ${table}) ON COMMIT DELETE ROWS;`);
  const names = columnNames(workload).join(", ");
  const merge = `${insertInto(workload)} SELECT ${names} FROM ${TEMPORARY} ${onConflictClause(workload)};`;
  const format = isBinary(options) ? "binary" : "text";
  const batches = files.map((file) => [
    "BEGIN;",
    String.raw`\copy ${TEMPORARY} from '${file}' with (format ${format})`,
    merge,
    "COMMIT;",
  ]);
  return {
    write: () => client.run(batches.flat().join("\n")),
    async close() {
      return { cpuMicros: await client.end(), peakRss: undefined };
    },
  };
};

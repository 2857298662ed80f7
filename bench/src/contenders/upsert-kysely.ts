import { Kysely, PostgresDialect } from "kysely";

import { KEY } from "../workloads/upserts.js";
import { qualifiedName, type Row } from "../workloads/workload.js";
import { inStatements } from "./in-batches.js";
import type { Open } from "./job.js";
import { openPool } from "./pg-clients.js";
import { updatedColumns } from "./upsert-statement.js";

type Database = Kysely<Record<string, Row>>;

/** Kysely: `onConflict` of many rows. */
export const open: Open = async (job) => {
  const pool = await openPool(1);
  const database: Database = new Kysely({ dialect: new PostgresDialect({ pool }) });
  const table = qualifiedName(job.workload);
  const updated = updatedColumns(job.workload);
  const session = {
    alone: database,
    transaction: (work: (inside: Database) => Promise<void>) =>
      database.transaction().execute(work),
  };
  return {
    write: () =>
      inStatements(job, session, (client, rows) =>
        client
          .insertInto(table)
          .values(rows)
          .onConflict((conflict) =>
            conflict
              .column(KEY)
              .doUpdateSet((builder) =>
                Object.fromEntries(updated.map((name) => [name, builder.ref(`excluded.${name}`)])),
              ),
          )
          .execute(),
      ),
    close: () => database.destroy(),
  };
};

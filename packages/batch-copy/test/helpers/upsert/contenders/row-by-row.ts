import { DatabaseError, type PoolClient } from "pg";

import type { Contender, Session } from "../contender.js";
import { insertSql, type Target } from "../insert-sql.js";
import { refused, WRITTEN, type RowOutcome } from "../outcome.js";
import type { Step } from "../step.js";

/** Sends the INSERT of each row in a transaction of its own: equal to the reference by its nature. */
export const rowByRow: Contender = {
  async open(twins, { conflict }): Promise<Session> {
    const { scenario, place } = twins;
    const target = { scenario, schema: place.actualSchema, conflict };
    const client = await twins.borrowWriter();
    return {
      write: (steps) => insertEach(client, target, steps),
      async close() {
        await client.query("RESET ROLE");
        client.release();
      },
    };
  },
};

/** Inserts the rows one after the other. */
export async function insertEach(
  client: PoolClient,
  target: Target,
  steps: readonly Step[],
): Promise<readonly RowOutcome[]> {
  const sql = insertSql(target, (index) => `$${index + 1}::text`);
  const outcomes: RowOutcome[] = [];
  for (const { values } of steps) {
    outcomes.push(await outcomeOf(client.query(sql, [...values])));
  }
  return outcomes;
}

async function outcomeOf(inserted: Promise<unknown>): Promise<RowOutcome> {
  try {
    await inserted;
    return WRITTEN;
  } catch (error) {
    if (!(error instanceof DatabaseError)) {
      throw error;
    }
    return refused(error.code!, error.constraint);
  }
}

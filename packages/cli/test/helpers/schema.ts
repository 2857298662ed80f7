import { after, before } from "node:test";

import { Pool } from "pg";

/** The server that the test command started, or the one that DATABASE_URL named. */
export const databaseUrl: string = process.env["DATABASE_URL"] ?? missingUrl();

function missingUrl(): never {
  throw new Error("DATABASE_URL is not set: run the tests by `npm test`");
}

/** A schema of the test file's own, and a pool to look into it. */
export interface TestSchema {
  /** Its name, which needs no quotes. */
  readonly name: string;
  readonly pool: Pool;
  /** Runs a statement, and returns its rows. */
  rows<Row = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]>;
}

/** Registers the hooks that make and drop the schema of a test file. */
export function useSchema(): TestSchema {
  const name = `test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
  const pool = new Pool({ connectionString: databaseUrl, max: 2 });
  before(() => pool.query(`CREATE SCHEMA ${name}`));
  after(async () => {
    await pool.query(`DROP SCHEMA ${name} CASCADE`);
    await pool.end();
  });
  return {
    name,
    pool,
    async rows<Row>(sql: string, values: unknown[] = []) {
      const result = await pool.query(sql, values);
      return result.rows as Row[];
    },
  };
}

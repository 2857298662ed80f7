import type { Pool } from "pg";

import { CopierGroup, int4, text, type CopierGroupOptions } from "../../dist/index.js";
import type { TestDatabase } from "./database.js";

/** Tables `(id int4, note text)` of a test file, by their qualified names, and groups that write to them. */
export interface GroupTables {
  readonly connect: (options?: CopierGroupOptions) => Promise<CopierGroup>;
  readonly newTable: () => Promise<string>;
  readonly newTables: (count: number) => Promise<string[]>;
  /** The ids of a table in the order in which they were written. */
  readonly idsIn: (name: string) => Promise<number[]>;
}

export function groupTables(db: TestDatabase): GroupTables {
  let tables = 0;
  async function newTable(): Promise<string> {
    const name = `grouped_${tables++}`;
    await db.create(name, { id: int4, note: text.nullable() });
    return `${db.schema}.${name}`;
  }
  return {
    newTable,
    connect(options = {}) {
      return CopierGroup.connect({ databaseUrl: db.url, ...options });
    },
    async newTables(count) {
      const names: string[] = [];
      for (let i = 0; i < count; i++) {
        names.push(await newTable());
      }
      return names;
    },
    async idsIn(name) {
      const rows = await db.rows<{ id: number }>(`SELECT id FROM ${name} ORDER BY ctid`);
      return rows.map(({ id }) => id);
    },
  };
}

/** Holds a lock on the table until the function that it returns is called. */
export async function lockTable(pool: Pool, name: string): Promise<() => Promise<void>> {
  const client = await pool.connect();
  await client.query(`BEGIN; LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE`);
  return async () => {
    await client.query("ROLLBACK");
    client.release();
  };
}

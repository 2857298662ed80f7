import { after, before } from "node:test";

import { Pool } from "pg";

import {
  Copier,
  int4,
  table,
  text,
  type Columns,
  type CopierOptions,
  type Table,
} from "../../dist/index.js";

/** The server that the test command started, or the one that DATABASE_URL named. */
export const databaseUrl: string = process.env["DATABASE_URL"] ?? missingUrl();

function missingUrl(): never {
  throw new Error("DATABASE_URL is not set: run the tests by `npm test`");
}

interface OwnServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A schema of the test file's own, and a pool to look into it. */
export interface TestDatabase {
  readonly url: string;
  readonly schema: string;
  readonly pool: Pool;
  /** Defines a table in the schema and creates it. */
  create<C extends Columns>(name: string, columns: C): Promise<Table<C>>;
  /** A copier to a new table of numbered rows `(id int4, note text)`. */
  openCopier(options?: CopierOptions): Promise<OpenedCopier>;
  rows<Row>(sql: string, values?: unknown[]): Promise<Row[]>;
}

/** A copier, and the name of its table in the schema. */
export interface OpenedCopier {
  readonly name: string;
  readonly copier: Copier<{ id: number; note: string }>;
}

/**
 * Registers the hooks that make and drop the schema of a test file.
 *
 * @param server one of the file's own, to be stopped in the end; otherwise that of all tests
 */
export function useDatabase(server?: OwnServer): TestDatabase {
  const url = server?.url ?? databaseUrl;
  const schema = `test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
  const pool = new Pool({ connectionString: url, max: 4 });
  // pool.end() does not wait for its clients' ends, which a server that stops may come before.
  pool.on("error", () => {});
  before(() => pool.query(`CREATE SCHEMA ${schema}`));
  after(async () => {
    await pool.query(`DROP SCHEMA ${schema} CASCADE`);
    await pool.end();
    await server?.stop();
  });
  let tables = 0;
  async function create<C extends Columns>(name: string, columns: C): Promise<Table<C>> {
    const definition = table(name, columns, { schema });
    await pool.query(definition.ddl);
    return definition;
  }
  return {
    url,
    schema,
    pool,
    create,
    async openCopier(options = {}) {
      const name = `numbered_${tables++}`;
      const definition = await create(name, { id: int4, note: text });
      return { name, copier: await Copier.connect(definition, { databaseUrl: url, ...options }) };
    },
    async rows<Row>(sql: string, values: unknown[] = []) {
      const result = await pool.query(sql, values);
      return result.rows as Row[];
    },
  };
}

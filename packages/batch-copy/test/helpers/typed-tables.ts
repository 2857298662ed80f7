import { after, before } from "node:test";

import { Pool } from "pg";

import type { Codec } from "../../dist/codecs/codec.js";
import type { TypeDescription } from "../../dist/codecs/type-description.js";
import { int4, table, type ColumnType, type Table } from "../../dist/index.js";
import { lookUpTable } from "../../dist/table/describe-table.js";
import { useDatabase, type TestDatabase } from "./database.js";
import type { TypeSamples } from "./type-sample.js";

/** A table `(id int4, value)`, with the codec and the description of the value's type. */
export interface TypedTable {
  readonly definition: Table;
  readonly codec: Codec<unknown>;
  readonly type: TypeDescription;
}

/** Tables of the types that the tests know. */
export interface TypedTables {
  readonly db: TestDatabase;
  /** Types of the user's own are created in the test's schema; those of extensions are in public. */
  readonly pool: Pool;
  readonly tableOf: (type: ColumnType<unknown>) => Promise<TypedTable>;
  /** Why the server at hand cannot be asked about the type, if it cannot. */
  readonly obstacle: (samples: TypeSamples) => Promise<string | undefined>;
}

/** Registers the hooks for a test file that makes tables of types. */
export function useTypedTables(): TypedTables {
  const db = useDatabase();
  const pool = new Pool({
    connectionString: db.url,
    options: `-c search_path=${db.schema},public`,
  });
  after(() => pool.end());
  const createdTypes = new Set<string>();
  let tables = 0;
  let serverVersion = 0;
  before(async () => {
    const [row] = await db.rows<{ version: number }>(
      "SELECT current_setting('server_version_num')::int / 10000 AS version",
    );
    serverVersion = row!.version;
  });
  return {
    db,
    pool,
    async tableOf(type) {
      for (const statement of type.ddl.filter((ddl) => !createdTypes.has(ddl))) {
        await pool.query(statement);
        createdTypes.add(statement);
      }
      const definition = table(`t${tables++}`, { id: int4, value: type });
      await pool.query(definition.ddl.slice(definition.ddl.indexOf("CREATE TABLE")));
      const found = await lookUpTable(pool, definition.name, []);
      const description = found!.table.columns[1]!.type;
      return { definition, codec: type.codecFor(description), type: description };
    },
    async obstacle({ since = 13, extension, extensionSince = 0 }) {
      if (serverVersion < since) {
        return `PostgreSQL ${since} has it first`;
      }
      if (extension === undefined) {
        return undefined;
      }
      const [found] = await db.rows<{ version: string }>(
        "SELECT default_version AS version FROM pg_available_extensions WHERE name = $1",
        [extension],
      );
      if (found === undefined) {
        return `the server has no extension ${extension}`;
      }
      if (Number.parseFloat(found.version) < extensionSince) {
        return `${extension} ${extensionSince} has it first, this is ${found.version}`;
      }
      await db.pool.query(`CREATE EXTENSION IF NOT EXISTS ${extension}`);
      return undefined;
    },
  };
}

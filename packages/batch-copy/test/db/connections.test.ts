import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Pool } from "pg";

import { Connections } from "../../dist/copy/connections.js";
import { databaseUrl } from "../helpers/database.js";

describe("a connection on loan", () => {
  it("stays open after an ERROR: a temporary table would go with it", async () => {
    const pool = new Pool({ connectionString: databaseUrl, max: 1 });
    const connections = new Connections({
      databaseUrl: undefined,
      pool,
      connections: 1,
      connectTimeoutMs: 2000,
      connectionLifetimeMs: 60_000,
    });
    await pool.query("CREATE TEMPORARY TABLE loan (id int)");
    await assert.rejects(
      connections.use((client) => client.query("SELECT 1 / 0")),
      { code: "CONNECT_FAILED" },
    );
    assert.deepEqual((await pool.query("SELECT * FROM loan")).rows, []);
    await pool.end();
  });
});

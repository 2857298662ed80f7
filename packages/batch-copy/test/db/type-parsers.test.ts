import assert from "node:assert/strict";
import { before, describe, it } from "node:test";

import pg from "pg";

import type { PgClient } from "../../dist/copy/driver.js";
import { askOrigin } from "../../dist/copy/origin.js";
import { Copier, describeTable } from "../../dist/index.js";
import { Incarnations } from "../../dist/transaction/incarnations.js";
import { inquire } from "../../dist/transaction/xid-inquiry.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";

const db = useDatabase();

/** `boolean`, `bigint`, `integer`, `text`, `json`, `jsonb`: what a query about the catalog may return. */
const OIDS = [16, 20, 23, 25, 114, 3802];

/** Parsers that no query of ours would survive. */
const broken = { getTypeParser: () => () => "from a parser of the application" };
const none = { getTypeParser: () => (value: unknown) => value };

const POOLS: readonly [what: string, options: object][] = [
  ["a pool that parses nothing", { types: none }],
  ["a pool with its own parser for everything", { types: broken }],
  ["a pool with binary results", { binary: true }],
  ["a pool with binary results and its own parsers", { binary: true, types: broken }],
];

async function fill(options: { pool?: pg.Pool } = {}): Promise<void> {
  await db.pool.query(`TRUNCATE ${db.schema}.parsed`);
  const target = options.pool ? options : { databaseUrl };
  const copier = await Copier.connect(`${db.schema}.parsed`, target);
  await copier.insert({ id: 1, note: "a" });
  await copier.close();
}

describe("type parsers of the application", () => {
  before(() => db.pool.query(`CREATE TABLE ${db.schema}.parsed (id int4, note text DEFAULT 'x')`));

  for (const [what, options] of POOLS) {
    it(`do not change what is read from the catalog: ${what}`, async () => {
      const pool = new pg.Pool({ connectionString: databaseUrl, ...options });
      await fill({ pool });
      const expected = await describeTable(db.pool, `${db.schema}.parsed`);
      assert.deepEqual(await describeTable(pool, `${db.schema}.parsed`), expected);
      const client = await pool.connect();
      assert.deepEqual(await describeTable(client, `${db.schema}.parsed`), expected);
      const asked = client as unknown as PgClient;
      const origin = await askOrigin(asked);
      assert.ok(!origin.isPooled && origin.incarnation !== undefined);
      const { rows } = await db.pool.query<{ xid: string }>(
        "SELECT pg_current_xact_id()::text AS xid",
      );
      const doubt = { pid: 1, xid: rows[0]!.xid, origin, since: 0 };
      assert.equal(await inquire(asked, doubt, new Incarnations()), "committed");
      client.release();
      await pool.end();
    });
  }

  it("of the whole process do not either", async () => {
    const parsers = OIDS.map((oid) => [oid, pg.types.getTypeParser(oid)] as const);
    OIDS.forEach((oid) => pg.types.setTypeParser(oid, () => "from a parser of the application"));
    try {
      await fill();
    } finally {
      parsers.forEach(([oid, parser]) => pg.types.setTypeParser(oid, parser));
    }
  });

  it("do not either where a wrapper of pg passes text or bytes on", async () => {
    const expected = await describeTable(db.pool, `${db.schema}.parsed`);
    const wrapper = {
      async query(sql: string, values: unknown[]): Promise<{ rows: unknown[] }> {
        assert.equal(typeof sql, "string");
        return { rows: (await db.pool.query(sql, values)).rows };
      },
    };
    assert.deepEqual(await describeTable(wrapper, `${db.schema}.parsed`), expected);
    const inBytes = {
      async query(sql: string, values: unknown[]): Promise<{ rows: unknown[] }> {
        const { rows } = await db.pool.query({ text: sql, values, rowMode: "array" });
        return { rows: rows.map(([json]) => [Buffer.from(json as string)]) };
      },
    };
    assert.deepEqual(await describeTable(inBytes, `${db.schema}.parsed`), expected);
  });
});

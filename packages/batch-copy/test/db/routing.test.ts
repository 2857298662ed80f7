import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { escapeIdentifier } from "pg";

import {
  CopierGroup,
  RowRejectedError,
  SchemaMismatchError,
  type CopierGroupOptions,
  type Rejection,
} from "../../dist/index.js";
import { CATALOG_QUERY } from "../../dist/table/catalog-query.js";
import { useDatabase } from "../helpers/database.js";
import { poolWithQuery } from "../helpers/tampered-pool.js";

const db = useDatabase();
const TENANTS = ["acme", "globex"];
const TYPES = ["view", "purchase"];

function connect(options: CopierGroupOptions = {}): Promise<CopierGroup> {
  return CopierGroup.connect({ databaseUrl: db.url, names: "snake_case", ...options });
}

function schemaOf(tenant: string): string {
  return `${db.schema}_${tenant}`;
}

/** The name of the table for a tenant's events of a type, which may be any strings. */
function routeOf(tenant: string, type: string): string {
  return `${escapeIdentifier(schemaOf(tenant))}.${escapeIdentifier(type)}`;
}

async function userIdsIn(table: string): Promise<number[]> {
  const rows = await db.rows<{ user_id: number }>(`SELECT user_id FROM ${table} ORDER BY 1`);
  return rows.map(({ user_id }) => user_id);
}

describe("routing by group.send()", () => {
  before(async () => {
    for (const tenant of TENANTS) {
      await db.pool.query(`CREATE SCHEMA ${schemaOf(tenant)}`);
      for (const type of TYPES) {
        await db.pool.query(`CREATE TABLE ${routeOf(tenant, type)} (user_id int4 NOT NULL)`);
      }
    }
  });
  after(async () => {
    for (const tenant of TENANTS) {
      await db.pool.query(`DROP SCHEMA ${schemaOf(tenant)} CASCADE`);
    }
  });

  it("takes rows in camel case to the table of their type in the schema of their tenant", async () => {
    await using group = await connect();
    for (let userId = 0; userId < 8; userId++) {
      const table = routeOf(TENANTS[userId % 2]!, TYPES[(userId >> 1) % 2]!);
      await group.send(table, { userId });
    }
    await group.flush();
    const found = await Promise.all(
      TENANTS.map((tenant) => Promise.all(TYPES.map((type) => userIdsIn(routeOf(tenant, type))))),
    );
    assert.deepEqual(found, [
      [
        [0, 4],
        [2, 6],
      ],
      [
        [1, 5],
        [3, 7],
      ],
    ]);
  });

  it("opens a table by one catalog query, though many producers send its first rows at once", async () => {
    let queries = 0;
    const pool = poolWithQuery((query) => {
      return function (this: unknown, ...args: unknown[]) {
        const [config] = args as [string | { text: string }];
        queries += (typeof config === "string" ? config : config.text) === CATALOG_QUERY ? 1 : 0;
        return query.apply(this, args);
      };
    });
    const table = `${db.schema}.sessions`;
    await db.pool.query(`CREATE TABLE ${table} (user_id int4)`);
    const group = await CopierGroup.connect({ pool, names: "snake_case" });
    const ids = Array.from({ length: 500 }, (_, userId) => userId);
    await Promise.all(ids.map((userId) => group.send(table, { userId })));
    await group.close();
    await pool.end();
    assert.equal(queries, 1);
    assert.deepEqual(await userIdsIn(table), ids);
  });

  it("leaves it to the caller what becomes of rows that have no table or no schema", async () => {
    const fallback = `${db.schema}.unrouted`;
    await db.pool.query(`CREATE TABLE ${fallback} (tenant text, type text, fields jsonb)`);
    await using group = await connect();
    const route = async (tenant: string, type: string, fields: object): Promise<void> => {
      try {
        await group.send(routeOf(tenant, type), fields);
      } catch (error) {
        assert.ok(error instanceof SchemaMismatchError);
        await group.send(fallback, { tenant, type, fields });
      }
    };
    await Promise.all([
      route("acme", "view", { userId: 100 }),
      route("acme", "survey", { userId: 101 }),
      route("nobody", "view", { userId: 102 }),
    ]);
    await group.flush();
    assert.ok((await userIdsIn(routeOf("acme", "view"))).includes(100));
    assert.deepEqual(await db.rows(`SELECT * FROM ${fallback} ORDER BY fields->'userId'`), [
      { tenant: "acme", type: "survey", fields: { userId: 101 } },
      { tenant: "nobody", type: "view", fields: { userId: 102 } },
    ]);
  });

  it("reads a quoted name as one identifier, whatever is in it", async () => {
    const odd = 'Odd "type". in the.schema';
    await db.pool.query(`CREATE TABLE ${routeOf("acme", odd)} (user_id int4)`);
    await using group = await connect();
    await group.insert(routeOf("acme", odd), { userId: 1 });
    assert.deepEqual(await userIdsIn(routeOf("acme", odd)), [1]);
    // Without the quotes, this would be the table of another tenant.
    const other = `x"."y".${schemaOf("globex")}.view`;
    const untouched = await userIdsIn(routeOf("globex", "view"));
    for (const type of [other, `${schemaOf("globex")}.view`, "VIEW"]) {
      await assert.rejects(group.send(routeOf("acme", type), { userId: 2 }), SchemaMismatchError);
    }
    await group.flush();
    assert.deepEqual(await userIdsIn(routeOf("globex", "view")), untouched);
  });
});

describe("a table with partitions", () => {
  /** Creates the parent, and a partition for user_id from 0 to 9. */
  async function newParent(name: string): Promise<string> {
    const parent = `${db.schema}.${name}`;
    await db.pool.query(`CREATE TABLE ${parent} (user_id int4 NOT NULL CHECK (user_id <> 5))
      PARTITION BY RANGE (user_id)`);
    await attach(parent, 0);
    return parent;
  }

  /** As the example makes a partition. */
  async function attach(parent: string, from: number): Promise<void> {
    await db.pool.query(`CREATE TABLE ${parent}_${from} (LIKE ${parent} INCLUDING ALL);
      ALTER TABLE ${parent} ATTACH PARTITION ${parent}_${from} FOR VALUES FROM (${from}) TO (${from + 10})`);
  }

  it("rejects only the rows that have no partition, with 23514 and no constraint", async () => {
    const parent = await newParent("sparse");
    const rejections: Rejection[] = [];
    await using group = await connect({ onReject: (rejection) => void rejections.push(rejection) });
    for (const userId of [1, 11, 2, 5, 12, 3]) {
      await group.send(parent, { userId });
    }
    await group.flush();
    assert.deepEqual(await userIdsIn(`${parent}_0`), [1, 2, 3]);
    const told = rejections.map(({ row, error }) => {
      assert.ok(error instanceof RowRejectedError);
      return [(row as { userId: number }).userId, error.sqlState, error.constraint];
    });
    assert.deepEqual(told, [
      [11, "23514", undefined],
      [5, "23514", "sparse_user_id_check"],
      [12, "23514", undefined],
    ]);
  });

  it("takes rows to a partition that was attached while it is open", async () => {
    const parent = await newParent("growing");
    await using group = await connect();
    await assert.rejects(group.insert(parent, { userId: 11 }), RowRejectedError);
    await attach(parent, 10);
    await group.insert(parent, { userId: 11 });
    assert.deepEqual(await userIdsIn(`${parent}_10`), [11]);
  });

  it("gets a partition by ATTACH while a COPY is under way, but not by PARTITION OF", async () => {
    const parent = await newParent("busy");
    const copying = await db.pool.connect();
    await copying.query(`BEGIN; INSERT INTO ${parent} VALUES (1)`);
    await attach(parent, 10);
    await assert.rejects(
      db.pool.query(`SET LOCAL lock_timeout = 100;
        CREATE TABLE ${parent}_20 PARTITION OF ${parent} FOR VALUES FROM (20) TO (30)`),
      { code: "55P03" },
    );
    await copying.query("ROLLBACK");
    copying.release();
  });
});

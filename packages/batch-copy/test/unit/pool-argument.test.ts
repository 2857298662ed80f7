import assert from "node:assert/strict";
import { describe, it } from "node:test";

import pg from "pg";

import { Copier, int4, table } from "../../dist/index.js";

const numbers = table("numbers", { n: int4 });

async function refuses(pool: unknown, message: string): Promise<void> {
  await assert.rejects(Copier.connect(numbers, { pool: pool as pg.Pool }), {
    code: "INVALID_OPTION",
    message: `pool must be a pg.Pool${message}`,
  });
}

describe("the option pool", () => {
  it("refuses clients of pg, before they are connected", async () => {
    class Traced extends pg.Client {}
    const advice = ", got a pg.Client: pass a pg.Pool, such as new pg.Pool({ max: 1 })";
    await refuses(new pg.Client(), advice);
    await refuses(new Traced(), advice);
    const checkedOut = Object.assign(new pg.Client(), { release() {} });
    await refuses(
      checkedOut,
      ", got a client that was checked out of a pool: pass the pool itself",
    );
  });

  it("refuses what other libraries call a pool or a database", async () => {
    const sql = Object.assign(() => {}, { unsafe() {}, begin() {} });
    await refuses(sql, ", got a postgres.js instance: pass a pg.Pool, or the option databaseUrl");
    await refuses(
      { selectFrom() {} },
      ", got a Kysely instance: pass the pg.Pool that its dialect was made with",
    );
    await refuses(
      { $client: {} },
      ", got a Drizzle database: pass the pg.Pool that it was made with",
    );
    const knex = Object.assign(() => {}, { queryBuilder() {} });
    await refuses(knex, ", got a Knex instance: pass a pg.Pool, or the option databaseUrl");
    await refuses(
      { connectionString: "x" },
      ", got the configuration of a pool: pass new pg.Pool(configuration)",
    );
  });

  it("refuses the configuration of a client, which is the option connection", async () => {
    const advice = ", got the configuration of a client: pass it as the option connection";
    await refuses({ host: "db", password: "secret" }, advice);
    await refuses({ user: "u", password: () => "secret" }, advice);
  });

  it("refuses what is no pool at all", async () => {
    await refuses(null, ", got null");
    await refuses(5, ", got number");
    await refuses(
      "postgres://user:secret@host",
      ", got a string: pass a connection string as the option databaseUrl",
    );
    await refuses({}, ", got an object without connect()");
    await refuses({ connect: 5 }, ", got an object without connect()");
    await refuses(Promise.resolve({}), ", got a promise: await it first");
    await refuses(() => {}, ", got a function: pass the pool that it returns or creates");
    await refuses(pg.Pool, ", got a function: pass the pool that it returns or creates");
  });

  it("refuses pool-like objects by what they give at the first connection", async () => {
    const noRelease = {
      connect: (callback: (e: undefined, c: object) => void) => callback(undefined, {}),
    };
    await refuses(noRelease, ": its connect() returned a client without release()");
    let released = 0;
    const native = { connect: async () => ({ on() {}, release: () => void released++ }) };
    await assert.rejects(Copier.connect(numbers, { pool: native }), {
      code: "CONNECT_FAILED",
      message: /must create clients of pg 8\.23 or later/,
    });
    assert.equal(released, 1);
    const failing = { connect: async () => Promise.reject(new Error("no luck")) };
    await assert.rejects(Copier.connect(numbers, { pool: failing }), {
      code: "CONNECT_FAILED",
      message: "cannot connect: no luck",
    });
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import pg from "pg";

import { Copier, int4, table } from "../../dist/index.js";
import { resolveOptions } from "../../dist/options.js";

const numbers = table("numbers", { n: int4 });

/** Part of every value that a message could show. */
const SECRET = "secret";

async function refuses(options: object, message: string): Promise<void> {
  await assert.rejects(Copier.connect(numbers, options), (error: Error & { code?: string }) => {
    assert.deepEqual([error.code, error.message], ["INVALID_OPTION", message]);
    assert.ok(!error.message.includes(SECRET), error.message);
    return true;
  });
}

describe("the option connection", () => {
  it("refuses what is no configuration, and says where it belongs", async () => {
    const kinds: readonly (readonly [value: unknown, message: string])[] = [
      [
        `postgres://user:${SECRET}@host/db`,
        "a string: pass a connection string as the option databaseUrl",
      ],
      [
        new URL(`postgres://user:${SECRET}@host/db`),
        "a URL: pass its href as the option databaseUrl",
      ],
      [
        new pg.Pool({ password: SECRET }),
        "an object with connect(): pass a pg.Pool as the option pool",
      ],
      [
        new pg.Client({ password: SECRET }),
        "a pg.Client: pass the configuration that it was made with, or a pg.Pool as the option pool",
      ],
      [() => ({ password: SECRET }), "a function: pass the object that it returns"],
      [Promise.resolve({ password: SECRET }), "a promise: await it first"],
      [new Map([["password", SECRET]]), "an object without options"],
      [new Date(0), "an object without options"],
      [[SECRET], "an array"],
      [null, "null"],
      [5, "number"],
    ];
    for (const [connection, message] of kinds) {
      await refuses(
        { connection },
        `connection must be the configuration of a pg.Client, got ${message}`,
      );
    }
  });

  it("cannot be used with databaseUrl or pool, which cannot be used together either", async () => {
    const connection = { host: "h", password: SECRET };
    const databaseUrl = `postgres://user:${SECRET}@host/db`;
    const pool = { connect() {} };
    await refuses(
      { connection, databaseUrl },
      "databaseUrl and connection cannot be used together",
    );
    await refuses({ connection, pool }, "connection and pool cannot be used together");
    await refuses({ databaseUrl, pool }, "databaseUrl and pool cannot be used together");
  });

  it("refuses options of a pool, and names the option to use", async () => {
    const wayOuts: Readonly<Record<string, string>> = {
      max: 'use the option "connections"',
      connectionTimeoutMillis: 'use the option "connectTimeoutMs"',
      maxLifetimeSeconds: 'use the option "connectionLifetimeMs"',
      idleTimeoutMillis: 'idle connections are kept; see the option "connectionLifetimeMs"',
      Client: 'pass a pg.Pool as the option "pool"',
      pipeline: "COPY does not work in pipeline mode",
    };
    for (const [name, wayOut] of Object.entries(wayOuts)) {
      await refuses(
        { connection: { password: SECRET, [name]: name === "pipeline" ? true : 5 } },
        `connection.${name} is not an option of a connection: ${wayOut}`,
      );
    }
    resolveOptions({ connection: { max: undefined, pipeline: false } as object });
  });

  it("refuses values that pg would ignore or share between connections", async () => {
    await refuses(
      { connection: { connectionString: "postgres://host/db", password: () => SECRET } },
      "connection.password has no effect beside connectionString: pass host, user and database instead of connectionString",
    );
    await refuses(
      { connection: { stream: {} } },
      "connection.stream must be a function, because each connection needs a stream of its own",
    );
    await refuses(
      { connection: { password: Buffer.from(SECRET) } },
      "connection.password must be a string or a function that returns one, got object",
    );
  });

  it("may be empty, for the PG* variables, or an instance of a class with getters", () => {
    class Settings {
      get host(): string {
        return "localhost";
      }
    }
    assert.deepEqual(resolveOptions({ connection: {} }).connection, {});
    assert.equal(resolveOptions({ connection: new Settings() }).connection?.host, "localhost");
  });
});

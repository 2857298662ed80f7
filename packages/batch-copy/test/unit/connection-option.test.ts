import assert from "node:assert/strict";
import { describe, it } from "node:test";

import pg from "pg";

import { withDefaults } from "../../dist/copy/client-config.js";
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

  it("refuses names that other libraries have, and pg would ignore", async () => {
    for (const [name, rightName] of [
      ["hostname", "host"],
      ["username", "user"],
      ["dbname", "database"],
    ] as const) {
      await refuses(
        { connection: { [name]: SECRET } },
        `connection.${name} is not an option of a connection: use ${rightName}`,
      );
      resolveOptions({ connection: { [name]: SECRET, [rightName]: "db" } });
    }
  });

  it("refuses what libpq reads, and pg would take for the name of a database", async () => {
    const text = `host=db password=${SECRET}`;
    const got =
      "must be a URL, such as postgres://user@host/database, got keywords and values: pass { host, user, database } as the option connection";
    await refuses({ databaseUrl: text }, `databaseUrl ${got}`);
    await refuses({ connection: { connectionString: text } }, `connection.connectionString ${got}`);
    const { DATABASE_URL } = process.env;
    process.env["DATABASE_URL"] = text;
    try {
      await refuses({}, `DATABASE_URL ${got}`);
      resolveOptions({ connection: { host: "db" } });
    } finally {
      process.env["DATABASE_URL"] = DATABASE_URL ?? "";
    }
  });

  it("refuses values that pg would ignore or share between connections", async () => {
    const connectionString = "postgres://host/db";
    for (const beside of [
      { password: () => SECRET },
      { user: SECRET },
      { host: SECRET },
      { port: 5432 },
      { database: SECRET },
    ]) {
      await refuses(
        { connection: { connectionString, ...beside } },
        `connection.${Object.keys(beside)[0]} has no effect beside connectionString: pass host, user and database instead of connectionString`,
      );
    }
    const ofSocket = { connectionString: "/tmp db", user: "u", password: "p", port: 5433 };
    resolveOptions({ connection: ofSocket });
    await refuses(
      { connection: { stream: {} } },
      "connection.stream must be a function, because each connection needs a stream of its own",
    );
    await refuses(
      { connection: { password: Buffer.from(SECRET) } },
      "connection.password must be a string or a function that returns one, got object",
    );
  });

  it("is left as it is, with the key of ssl, and may be frozen", () => {
    const ssl = Object.freeze({ key: SECRET, ca: "ca" });
    const config = withDefaults(Object.freeze({ host: "h", ssl }));
    const { ssl: used } = new pg.Client(config) as unknown as {
      ssl: typeof ssl;
    };
    assert.deepEqual([used.key, used.ca, Object.keys(ssl)], [SECRET, "ca", ["key", "ca"]]);
    const hidden = Object.defineProperty({ ca: "ca" }, "key", { value: SECRET });
    assert.deepEqual(withDefaults({ ssl: hidden }).ssl, { ca: "ca", key: SECRET });
    assert.equal(withDefaults({ ssl: true }).ssl, true);
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

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { Connections } from "../../dist/copy/connections.js";
import {
  ConnectError,
  Copier,
  int4,
  text,
  type CopierOptions,
  type PgClientConfig,
} from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { assertNumberedRows, numberedRow } from "../helpers/row-sets.js";
import { startSilentServer } from "../helpers/silent-server.js";
import { Tunnel } from "../helpers/tunnel.js";
import { collectUncaught } from "../helpers/uncaught.js";

const db = useDatabase();
const role = `${db.schema}_rotated`;

/** The server of the tests, with a role whose password changes. */
const place = (): PgClientConfig => {
  const { hostname, port, pathname } = new URL(databaseUrl);
  const database = decodeURIComponent(pathname.slice(1));
  return { host: hostname, port: Number(port || 5432), database };
};

let password = "first";

async function changePassword(to: string): Promise<void> {
  await db.pool.query(`ALTER ROLE ${role} PASSWORD '${to}'`);
  password = to;
}

/** Ends the sessions of the role, and waits until they are gone. */
async function endSessions(): Promise<void> {
  await db.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`,
  );
  await untilGone();
}

function untilGone(): Promise<void> {
  return eventually(async () => {
    const left = await db.rows("SELECT FROM pg_stat_activity WHERE usename = $1", [role]);
    return left.length === 0;
  }, "the sessions are gone");
}

/** Except those that do not keep the process alive: of idle clients. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
}

async function openAs(name: string, options: CopierOptions): Promise<Copier<object>> {
  const definition = await db.create(name, { id: int4, note: text });
  await db.pool.query(`GRANT INSERT ON ${db.schema}.${name} TO ${role}`);
  return Copier.connect(definition, { connections: 1, ...options });
}

async function connectFails(options: CopierOptions, message: RegExp): Promise<Error> {
  let failure: Error | undefined;
  await assert.rejects(Copier.connect("anything", options), (error: Error) => {
    assert.ok(error instanceof ConnectError, String(error));
    assert.match(error.message, message);
    failure = error;
    return true;
  });
  return failure!;
}

describe("a copier with the option connection", () => {
  // Not at the top, where hooks run at once: the schema might not be there yet.
  before(async () => {
    await db.pool.query(
      `CREATE ROLE ${role} LOGIN PASSWORD 'first'; GRANT USAGE ON SCHEMA ${db.schema} TO ${role}`,
    );
  });

  it("connects as it says, with its settings, and ignores DATABASE_URL", async () => {
    const application_name = `${db.schema}_app`;
    const { username, password: ownerPassword } = new URL(databaseUrl);
    const [user, word] = [username, ownerPassword].map(decodeURIComponent);
    const options = `-c search_path=${db.schema}`;
    await db.create("by_configuration", { id: int4, note: text });
    const copier = await Copier.connect("by_configuration", {
      connection: { ...place(), user, password: word, options, application_name },
    });
    await copier.insert(numberedRow(0));
    const sessions = await db.rows("SELECT FROM pg_stat_activity WHERE application_name = $1", [
      application_name,
    ]);
    assert.equal(sessions.length, 1);
    await copier.close();
    await assertNumberedRows(db, "by_configuration", 1);
    const elsewhere = { ...place(), port: 1, user };
    await connectFails({ connection: elsewhere }, /cannot connect: .*ECONNREFUSED/);
  });

  it("reads a password that is hidden, and takes a connection string with settings beside it", async () => {
    const hidden = Object.defineProperty({ ...place(), user: role }, "password", {
      value: password,
    });
    await (await openAs("hidden", { connection: hidden })).close();
    const connection = {
      connectionString: databaseUrl,
      application_name: `${db.schema}_beside`,
    };
    const copier = await openAs("beside", { connection });
    const sessions = await db.rows("SELECT FROM pg_stat_activity WHERE application_name = $1", [
      connection.application_name,
    ]);
    assert.equal(sessions.length, 1);
    await copier.close();
  });

  it("writes over a stream that is no socket, and leaves the process alone when that is idle", async () => {
    const definition = await db.create("by_stream", { id: int4, note: text });
    const { username, password: word } = new URL(databaseUrl);
    const connection: PgClientConfig = {
      ...place(),
      user: decodeURIComponent(username),
      password: decodeURIComponent(word),
      stream: () => new Tunnel(),
    };
    const errors = await collectUncaught(async () => {
      const copier = await Copier.connect(definition, { connection });
      await copier.insert(numberedRow(0));
      await copier.insert(numberedRow(1));
      await copier.close();
    });
    assert.deepEqual(errors, []);
    await assertNumberedRows(db, "by_stream", 2);
  });

  it("says why it cannot connect", async () => {
    const here = { ...place(), user: role };
    await connectFails(
      { connection: { ...here, password: "wrong" } },
      /cannot connect: password authentication failed for user/,
    );
    await connectFails(
      { connection: { ...here, password, ssl: true } },
      /cannot connect: The server does not support SSL connections/,
    );
    await connectFails(
      { connection: { ...here, host: "no-such-host.invalid", password } },
      /cannot connect: .*no-such-host\.invalid/,
    );
    await connectFails(
      { connection: { ...here, password, database: "no_such_database" } },
      /database "no_such_database" does not exist/,
    );
  });
});

describe("a password function", () => {
  // Here, because hooks of the file run in their order: the pool is ended by then.
  after(async () => {
    await untilGone();
    await db.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  it("is asked anew for each connection, as the password changes", async () => {
    let asked = 0;
    const copier = await openAs("rotated", {
      connection: {
        ...place(),
        user: role,
        password: async () => {
          asked++;
          return password;
        },
      },
    });
    for (let id = 0; id < 4; id++) {
      await copier.insert(numberedRow(id));
      assert.equal(asked, id + 1);
      await changePassword(`changed ${id}`);
      await endSessions();
    }
    await copier.close();
    await assertNumberedRows(db, "rotated", 4);
  });

  it("is asked for connections beside the pool, too", async () => {
    let asked = 0;
    const connections = new Connections({
      databaseUrl: undefined,
      connection: {
        ...place(),
        user: role,
        password: () => {
          asked++;
          return password;
        },
      },
      pool: undefined,
      connections: 1,
      connectTimeoutMs: 2000,
      needsXactId: true,
      poolTimeoutMs: 2000,
      connectionLifetimeMs: 60_000,
    });
    const whoAmI = (client: { query(sql: string): Promise<{ rows: unknown[] }> }) =>
      client.query("SELECT current_user AS name");
    await connections.use(whoAmI);
    await changePassword("changed beside");
    const { rows } = await connections.useNew(whoAmI);
    assert.deepEqual([rows, asked], [[{ name: role }], 2]);
    await connections.close();
  });

  it("that rejects without an error is not blamed on a transaction", async () => {
    const connection: PgClientConfig = {
      ...place(),
      user: role,
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors
      password: () => Promise.reject(undefined),
    };
    await connectFails({ connection }, /not connected, as after a password function that rejects/);
  });

  it("that rejects is a failed attempt with its error as the cause, and leaves no connection", async () => {
    const reason = new Error("the token service is down");
    let failures = 1;
    const connection: PgClientConfig = {
      ...place(),
      user: role,
      password: async () => {
        if (failures > 0) {
          failures--;
          throw reason;
        }
        return password;
      },
    };
    // A connection that is left would stay for that long.
    const connectTimeoutMs = 60_000;
    const atFirst = openSockets();
    const error = await connectFails(
      { connection, connectTimeoutMs },
      /^cannot connect: the token service is down$/,
    );
    assert.equal(error.cause, reason);
    await eventually(
      () => openSockets() <= atFirst,
      "the connection of a failed connect is closed",
    );
    const copier = await openAs("rejecting", {
      connection,
      connectTimeoutMs,
      retry: { minDelayMs: 1 },
    });
    await endSessions();
    failures = 3;
    await copier.insert(numberedRow(0));
    assert.deepEqual([copier.stats.retries >= 3, failures], [true, 0]);
    await eventually(
      () => openSockets() <= atFirst,
      "the connections of failed attempts are closed",
    );
    await copier.close();
    await assertNumberedRows(db, "rejecting", 1);
  });

  it("that is slow counts in connectTimeoutMs", async () => {
    const start = Date.now();
    const connection = {
      ...place(),
      user: role,
      password: () => new Promise<string>(() => {}),
    };
    await connectFails({ connection, connectTimeoutMs: 200 }, /no connection within 200 ms/);
    assert.ok(Date.now() - start < 1500, `after ${Date.now() - start} ms`);
  });

  it("is not asked of a server that never answers, which ends in connectTimeoutMs", async () => {
    const server = await startSilentServer();
    const { port } = new URL(server.url);
    const neverAsked = (): never => assert.fail("asked");
    await connectFails(
      {
        connection: { host: "127.0.0.1", port: Number(port), user: "nobody", password: neverAsked },
        connectTimeoutMs: 200,
      },
      /no connection within 200 ms/,
    );
    await eventually(() => server.connections === 0, "the connection is closed");
    await server.close();
  });
});

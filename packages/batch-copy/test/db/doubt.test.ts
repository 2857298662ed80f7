import assert from "node:assert/strict";
import { after, describe, it } from "node:test";

import { startServer } from "@batch-copy/test-server";
import { Client, Pool } from "pg";

import type { PgPool } from "../../dist/copy/driver.js";
import { Copier, type CopierOptions } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { FaultProxy } from "../helpers/fault/fault-proxy.js";
import type { Plan } from "../helpers/fault/plan.js";
import { startHostedServer } from "../helpers/hosted-server.js";
import { assertNumberedRows, numberedRow } from "../helpers/row-sets.js";

const db = useDatabase();

const warnings: string[] = [];
const listen = ({ name, message }: Error): void => {
  if (name === "BatchCopyWarning") {
    warnings.push(message);
  }
};
process.on("warning", listen);
after(() => process.off("warning", listen));

/** The confirmation of the second batch is lost: the client's side is cut, the server commits. */
const LOSE_SECOND_CONFIRMATION: Plan = {
  at: { direction: "toServer", side: "after", type: "c", nth: 2 },
  fault: "abandon",
  forMs: 20,
};

interface Doubtful {
  readonly name: string;
  readonly proxy: FaultProxy;
  readonly url: string;
  readonly role: string;
}

/** A table, and a proxy to the server as a role that may open so many connections. */
async function prepare(limit: number): Promise<Doubtful> {
  const { name, copier } = await db.openCopier();
  await copier.close();
  const role = `${db.schema}_${name}`;
  await db.pool.query(`
    CREATE ROLE ${role} LOGIN PASSWORD 'secret' CONNECTION LIMIT ${limit};
    GRANT USAGE ON SCHEMA ${db.schema} TO ${role};
    GRANT ALL ON ${db.schema}.${name} TO ${role}`);
  const proxy = await FaultProxy.start();
  const url = new URL(proxy.url);
  url.username = role;
  url.password = "secret";
  return { name, proxy, role, url: url.href };
}

async function dropRole({ role, proxy }: Doubtful): Promise<void> {
  await proxy.close();
  await eventually(async () => {
    const left = await db.rows("SELECT FROM pg_stat_activity WHERE usename = $1", [role]);
    return left.length === 0;
  }, "all of the role's connections are closed");
  await db.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
}

function open(name: string, options: CopierOptions): ReturnType<typeof Copier.connect> {
  return Copier.connect(`${db.schema}.${name}`, { connections: 1, ...options });
}

/** A pool of which nothing is seen but `connect`. */
function facade(pool: Pool): PgPool {
  return { connect: (callback) => pool.connect(callback) };
}

/** Cuts the connection of the next COPY, when its commit has been asked for. */
function armed({ proxy }: Doubtful): void {
  const seen = proxy.connections;
  proxy.plan((connection) => (connection === seen ? LOSE_SECOND_CONFIRMATION : undefined));
}

/** Runs more queries at once than a pool has connections. */
class Application {
  #isOver = false;
  readonly #running: Promise<unknown>;

  constructor(pool: Pool) {
    this.#running = Promise.all(Array.from({ length: 6 }, () => this.#run(pool)));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run(pool: Pool): Promise<void> {
    while (!this.#isOver) {
      try {
        await pool.query("SELECT pg_sleep(0.005)");
      } catch (error) {
        // The server has not noticed yet that a connection was cut, and counts it.
        assert.equal((error as { code?: string }).code, "53300");
      }
    }
  }
}

describe("a commit in doubt is asked about without a spare connection", () => {
  it("over a pool that the application keeps busy, of which one connection is closed", async () => {
    const doubtful = await prepare(3);
    armed(doubtful);
    const pool = new Pool({ connectionString: doubtful.url, max: 3 });
    pool.on("error", () => {});
    let opened = 0;
    pool.on("connect", () => opened++);
    const copier = await open(doubtful.name, { pool });
    const application = new Application(pool);
    await eventually(() => opened === 3, "the pool is full");
    let id = 0;
    while (copier.stats.inDoubtCommitted === 0) {
      await copier.insert(numberedRow(id++));
    }
    await application.stop();
    // One in the place of that which was cut, one in the place of that which was closed.
    assert.ok(opened <= 3 + 2, `${opened} connections were opened`);
    await copier.close();
    await pool.end();
    await assertNumberedRows(db, doubtful.name, id);
    await dropRole(doubtful);
  });

  it("over the copier's own pool", async () => {
    const doubtful = await prepare(1);
    armed(doubtful);
    const copier = await open(doubtful.name, { databaseUrl: doubtful.url });
    await copier.insert(numberedRow(0));
    await copier.insert(numberedRow(1));
    await copier.close();
    assert.equal(copier.stats.inDoubtCommitted, 1);
    await assertNumberedRows(db, doubtful.name, 2);
    await dropRole(doubtful);
  });

  it("over a pool that does not say how it opens connections", async () => {
    const doubtful = await prepare(2);
    armed(doubtful);
    const inner = new Pool({ connectionString: doubtful.url, max: 2 });
    inner.on("error", () => {});
    const copier = await open(doubtful.name, { pool: facade(inner) });
    await copier.insert(numberedRow(0));
    await copier.insert(numberedRow(1));
    await copier.close();
    assert.equal(copier.stats.inDoubtCommitted, 1);
    await inner.end();
    await assertNumberedRows(db, doubtful.name, 2);
    await dropRole(doubtful);
  });

  it("over a pool whose class of clients wants more than options", async () => {
    const doubtful = await prepare(2);
    armed(doubtful);
    let mayConstruct = true;
    class Demanding extends Client {
      constructor() {
        assert.ok(mayConstruct, "only the pool constructs me");
        super({ connectionString: doubtful.url });
      }
    }
    const pool = new Pool({ Client: Demanding, max: 2 });
    pool.on("error", () => {});
    const connect = pool.connect.bind(pool) as (callback: () => void) => void;
    (pool as { connect: typeof connect }).connect = (callback) => {
      mayConstruct = true;
      connect(callback);
      mayConstruct = false;
    };
    const copier = await open(doubtful.name, { pool });
    await copier.insert(numberedRow(0));
    await copier.insert(numberedRow(1));
    await copier.close();
    assert.equal(copier.stats.inDoubtCommitted, 1);
    await pool.end();
    await dropRole(doubtful);
  });

  it("over streams that lack methods of Node's sockets", async () => {
    const doubtful = await prepare(10);
    armed(doubtful);
    class Bare extends Client {
      constructor(options?: object) {
        super(options);
        const { stream } = (this as unknown as { connection: { stream: object } }).connection;
        Object.assign(stream, { destroySoon: undefined, cork: undefined, uncork: undefined });
      }
    }
    const Class = Bare as unknown as new () => Client;
    const pool = new Pool({ connectionString: doubtful.url, Client: Class, max: 2 });
    pool.on("error", () => {});
    const copier = await open(doubtful.name, { pool });
    await copier.insert(numberedRow(0));
    await copier.insert(numberedRow(1));
    await copier.close();
    assert.equal(copier.stats.inDoubtCommitted, 1);
    await pool.end();
    await dropRole(doubtful);
  });
});

describe("a commit in doubt that cannot be asked about", () => {
  it("causes a warning after ten failed attempts", async () => {
    const doubtful = await prepare(10);
    armed(doubtful);
    warnings.length = 0;
    const retry = { minDelayMs: 10, maxDelayMs: 20 };
    const copier = await open(doubtful.name, { databaseUrl: doubtful.url, retry });
    await copier.insert(numberedRow(0));
    // Nothing is there that would answer.
    doubtful.proxy.pointTo("postgres://nobody@127.0.0.1:1/nothing");
    const inserted = copier.insert(numberedRow(1));
    await eventually(() => warnings.length > 0, "a warning is given");
    assert.match(
      warnings[0]!,
      /the outcome of a commit is unknown and cannot be looked up until this is fixed: /,
    );
    doubtful.proxy.pointTo(databaseUrl);
    await inserted;
    assert.equal(warnings.length, 1);
    await copier.close();
    await assertNumberedRows(db, doubtful.name, 2);
    await dropRole(doubtful);
  });

  it("is handed back after retry.timeoutMs, and no warning says that it is written again", async () => {
    const doubtful = await prepare(10);
    armed(doubtful);
    warnings.length = 0;
    const retry = { minDelayMs: 10, maxDelayMs: 20, timeoutMs: 100 };
    const copier = await open(doubtful.name, { databaseUrl: doubtful.url, retry });
    await copier.insert(numberedRow(0));
    doubtful.proxy.pointTo("postgres://nobody@127.0.0.1:1/nothing");
    await assert.rejects(copier.insert(numberedRow(1)), { name: "OutcomeUnknownError" });
    await copier.close();
    await dropRole(doubtful);
    const isWrittenAgain = warnings.some((warning) => warning.includes("written again"));
    assert.equal(isWrittenAgain, false);
  });

  it("is written again, with a warning", async () => {
    const doubtful = await prepare(10);
    // As hosted servers do, which keep these functions to themselves.
    const schema = "kept_apart";
    await db.pool.query(`
      CREATE SCHEMA ${schema};
      GRANT USAGE ON SCHEMA ${schema} TO ${doubtful.role};
      CREATE FUNCTION ${schema}.pg_control_system(OUT system_identifier int8)
        LANGUAGE plpgsql AS $$BEGIN RAISE 'not here' USING ERRCODE = '55000'; END$$`);
    await using hosted = await startHostedServer(doubtful.url, schema, ["pg_control_system"]);
    armed(doubtful);
    warnings.length = 0;
    const copier = await open(doubtful.name, { databaseUrl: hosted.url });
    await copier.insert(numberedRow(0));
    await copier.insert(numberedRow(1));
    await copier.close();
    assert.equal(copier.stats.inDoubtUnknown, 1);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /outcome of a commit is unknown; its rows are written again/);
    await db.pool.query(`DROP SCHEMA ${schema} CASCADE`);
    await dropRole(doubtful);
  });
});

describe("a commit in doubt behind a load balancer", () => {
  it("is asked about again, until a connection leads to its system", async () => {
    const other = await startServer();
    const doubtful = await prepare(10);
    const { pathname } = new URL(databaseUrl);
    await onOther(other.url, (client) =>
      client.query(`CREATE ROLE ${doubtful.role} LOGIN PASSWORD 'secret'`),
    );
    armed(doubtful);
    const copier = await open(doubtful.name, { databaseUrl: doubtful.url });
    await copier.insert(numberedRow(0));
    const away = new URL(other.url);
    away.pathname = pathname;
    const seen = doubtful.proxy.connections;
    doubtful.proxy.pointTo(away.href);
    const inserted = copier.insert(numberedRow(1));
    await eventually(() => doubtful.proxy.connections >= seen + 5, "it is asked several times");
    doubtful.proxy.pointTo(databaseUrl);
    await inserted;
    await copier.close();
    assert.deepEqual([copier.stats.inDoubtCommitted, copier.stats.inDoubtUnknown], [1, 0]);
    await assertNumberedRows(db, doubtful.name, 2);
    await dropRole(doubtful);
    await other.stop();
  });
});

async function onOther(
  connectionString: string,
  work: (client: Client) => Promise<unknown>,
): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  await work(client);
  await client.end();
}

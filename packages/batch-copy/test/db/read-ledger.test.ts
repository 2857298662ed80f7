import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Client, Pool, types } from "pg";

import { openPool } from "../../dist/copy/own-pool.js";
import {
  forgetSource,
  ledgerDdl,
  readLedger,
  SchemaMismatchError,
  type Queryable,
} from "../../dist/index.js";
import { newSessionId } from "../../dist/ledger/session-id.js";
import { useDatabase } from "../helpers/database.js";

const db = useDatabase();
let ledgers = 0;

interface NewEntry {
  readonly source: string;
  readonly position?: bigint;
  readonly session?: string;
  /** As an interval. */
  readonly age?: string;
}

/** A ledger with these sources. */
async function ledgerWith(...entries: NewEntry[]): Promise<string> {
  const name = `${db.schema}.ledger_${ledgers++}`;
  await db.pool.query(ledgerDdl(name));
  for (const { source, position = 0n, session = newSessionId(true), age = "0 s" } of entries) {
    await db.pool.query(
      `INSERT INTO ${name} VALUES ($1, gen_random_uuid(), $2, $3, now() - $4::interval)`,
      [source, session, position, age],
    );
  }
  return name;
}

/** A connection of a copier's own pool with this session. */
async function connectAs(session: string, databaseUrl: string = db.url): Promise<Pool> {
  const settings = { connection: undefined, connections: 1, connectTimeoutMs: 5000 };
  const pool = openPool(
    { ...settings, databaseUrl, connectionLifetimeMs: 60_000, session },
    new Set(),
  );
  await pool.query("SELECT 1");
  return pool;
}

describe("readLedger", () => {
  it("lists the sources by their names, with position, time, age and session", async () => {
    const session = newSessionId(true);
    const ninth = 9_223_372_036_854_775_807n;
    const table = await ledgerWith(
      { source: "orders/ä" },
      { source: "orders/3", position: ninth, session, age: "1 day 2 seconds" },
      { source: "Zeta", position: -5n },
      { source: "lane/1" },
    );
    const before = Date.now();
    const entries = await readLedger(db.pool, { table });
    assert.deepEqual(
      entries.map(({ source, position }) => [source, position]),
      [
        ["Zeta", -5n],
        ["lane/1", 0n],
        ["orders/3", ninth],
        ["orders/ä", 0n],
      ],
    );
    const third = entries[2]!;
    assert.equal(third.session, session);
    assert.equal(third.isConnected, false);
    assert.ok(third.ageMs > 86_401_999 && third.ageMs < 86_462_000, String(third.ageMs));
    assert.ok(Math.abs(third.updatedAt.getTime() - (before - third.ageMs)) < 5000);
    assert.ok(entries.every(({ ageMs }) => ageMs >= 0));
  });

  it("is empty for a ledger without sources", async () => {
    assert.deepEqual(await readLedger(db.pool, { table: await ledgerWith() }), []);
  });

  it("finds the owners that are connected, and says nothing of those that cannot be seen", async () => {
    const [connected, gone, unseen] = [newSessionId(true), newSessionId(true), newSessionId(false)];
    const table = await ledgerWith(
      { source: "connected", session: connected },
      { source: "gone", session: gone },
      { source: "unseen", session: unseen },
    );
    const states = async (connection: Queryable): Promise<(boolean | undefined)[]> =>
      (await readLedger(connection, { table })).map(({ isConnected }) => isConnected);
    const role = `${db.schema}_reader`;
    await db.pool.query(`CREATE ROLE ${role}; GRANT USAGE ON SCHEMA ${db.schema} TO ${role};
      GRANT SELECT ON ${table} TO ${role}`);
    const reader = new Pool({ connectionString: db.url, max: 1, options: `-c role=${role}` });
    const own = await connectAs(connected);
    try {
      assert.deepEqual(await states(db.pool), [true, false, undefined]);
      assert.deepEqual(await states(reader), [true, false, undefined]);
    } finally {
      await Promise.all([reader.end(), own.end()]);
      await db.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  it("takes a pool, a client, one of a pool, or a wrapper, whatever the type parsers are", async () => {
    const table = await ledgerWith({ source: "a", position: 7n });
    const own = new Client({
      connectionString: db.url,
      types: { getTypeParser: () => () => "parsed" },
    });
    await own.connect();
    const ofPool = await db.pool.connect();
    const parser = types.getTypeParser(20);
    types.setTypeParser(20, Number);
    try {
      const wrapper = { query: (text: string, values: unknown[]) => ofPool.query(text, values) };
      for (const connection of [own, ofPool, wrapper, db.pool] as Queryable[]) {
        assert.equal((await readLedger(connection, { table }))[0]!.position, 7n);
        assert.equal(await forgetSource(connection, "none", { table }), false);
      }
    } finally {
      types.setTypeParser(20, parser);
      ofPool.release();
      await own.end();
    }
  });

  it("reads batch_copy_ledger on the search_path, unless it is given another name", async () => {
    const options = `-c search_path=${db.schema}`;
    const pool = new Pool({ connectionString: db.url, options, max: 1 });
    try {
      await pool.query(`${ledgerDdl()} INSERT INTO batch_copy_ledger
        VALUES ('usual', gen_random_uuid(), gen_random_uuid(), 1)`);
      assert.deepEqual(
        (await readLedger(pool)).map(({ source }) => source),
        ["usual"],
      );
      assert.equal(await forgetSource(pool, "usual"), true);
      assert.deepEqual(await readLedger(pool, {}), []);
    } finally {
      await pool.end();
    }
  });

  it("says why there is nothing to read", async () => {
    const reading = readLedger(db.pool, { table: `${db.schema}.none` });
    await assert.rejects(reading, (error: unknown) => {
      assert.ok(error instanceof SchemaMismatchError);
      assert.match(
        error.differences.join(),
        /^the ledger cannot be used: relation ".+none" does not/,
      );
      return true;
    });
    await db.pool.query(`CREATE TABLE ${db.schema}.other (id int)`);
    const other = { table: `${db.schema}.other` };
    await assert.rejects(readLedger(db.pool, other), { code: "SCHEMA_MISMATCH" });
    await assert.rejects(forgetSource(db.pool, "a", other), { code: "SCHEMA_MISMATCH" });
    for (const table of ["", "a b", 5, null]) {
      const options = { table } as object;
      await assert.rejects(readLedger(db.pool, options), {
        code: "INVALID_OPTION",
        message: /^table must be the name of a table as SQL reads it/,
      });
    }
    await assert.rejects(readLedger(db.pool, { name: "x" } as object), {
      message: 'Unknown option "name": readLedger() takes { table }',
    });
  });

  it("passes on the driver's error if there is no connection", async () => {
    const pool = new Pool({ host: "127.0.0.1", port: 1 });
    await assert.rejects(readLedger(pool), { code: "ECONNREFUSED" });
    await pool.end();
  });
});

describe("forgetSource", () => {
  it("removes one source, whatever its name, and says whether it was there", async () => {
    const odd = `it's "odd" \\ $1 %`;
    const table = await ledgerWith({ source: odd }, { source: "lane/1" }, { source: "a" });
    assert.equal(await forgetSource(db.pool, odd, { table }), true);
    assert.equal(await forgetSource(db.pool, odd, { table }), false);
    assert.equal(await forgetSource(db.pool, "lane/1", { table }), true);
    assert.deepEqual(
      (await readLedger(db.pool, { table })).map(({ source }) => source),
      ["a"],
    );
  });

  it("takes no name that a source cannot have", async () => {
    for (const name of ["", undefined, "a\0", "\ud800"]) {
      await assert.rejects(forgetSource(db.pool, name as string), { code: "INVALID_OPTION" });
    }
  });

  it("needs the privilege to delete, and a server that takes writes", async () => {
    const table = await ledgerWith({ source: "a" });
    const role = `${db.schema}_forgetter`;
    await db.pool.query(`CREATE ROLE ${role}; GRANT USAGE ON SCHEMA ${db.schema} TO ${role};
      GRANT SELECT ON ${table} TO ${role}`);
    const pool = new Pool({ connectionString: db.url, max: 1, options: `-c role=${role}` });
    const readOnly = new Pool({
      connectionString: db.url,
      max: 1,
      options: "-c default_transaction_read_only=on",
    });
    try {
      await assert.rejects(forgetSource(pool, "a", { table }), {
        code: "SCHEMA_MISMATCH",
        message: /permission denied for table/,
      });
      await assert.rejects(forgetSource(readOnly, "a", { table }), { code: "25006" });
      assert.equal((await readLedger(readOnly, { table })).length, 1);
    } finally {
      await Promise.all([pool.end(), readOnly.end()]);
      await db.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });
});

describe("the application_name of a session's connections", () => {
  async function nameOf(session: string, parameters: Record<string, string> = {}): Promise<string> {
    const url = new URL(db.url);
    Object.entries(parameters).forEach(([name, value]) => url.searchParams.set(name, value));
    const pool = await connectAs(session, url.href);
    try {
      const { rows } = await pool.query<{ name: string; seen: string }>(
        `SELECT current_setting('application_name') AS name, application_name AS seen
         FROM pg_stat_activity WHERE pid = pg_backend_pid()`,
      );
      assert.equal(rows[0]!.seen, rows[0]!.name);
      return rows[0]!.name;
    } finally {
      await pool.end();
    }
  }

  it("ends in its id, after the user's own name as far as that fits", async () => {
    const session = newSessionId(true);
    assert.equal(await nameOf(session), `batch-copy/${session}`);
    const named = { application_name: "billing" };
    assert.equal(await nameOf(session, named), `billing/${session}`);
    const long = { application_name: "an application with a long name" };
    assert.equal(await nameOf(session, long), `an application with a long/${session}`);
    const umlauts = { application_name: "ä".repeat(20) };
    assert.equal(await nameOf(session, umlauts), `${"?".repeat(20)}/${session}`);
    assert.equal(
      await nameOf(session, { application_name: "€".repeat(99) }),
      `${"?".repeat(26)}/${session}`,
    );
  });

  it("has the name of the environment", async () => {
    const { PGAPPNAME } = process.env;
    process.env["PGAPPNAME"] = "from the environment";
    try {
      const session = newSessionId(false);
      assert.equal(await nameOf(session), `from the environment/${session}`);
    } finally {
      if (PGAPPNAME === undefined) {
        delete process.env["PGAPPNAME"];
      } else {
        process.env["PGAPPNAME"] = PGAPPNAME;
      }
    }
  });
});

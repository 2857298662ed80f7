import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Pool } from "pg";

import { Copier, RowRejectedError, type CopierOptions } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";

const db = useDatabase();

type Row = Record<string, unknown>;

/** A table that rejects one kind of row for its values, with a code that seems to be about something else. */
interface Scene {
  readonly what: string;
  /** `{t}` is the table, `{s}` its schema. */
  readonly setup: string;
  readonly good: Row;
  readonly bad: Row;
  readonly sqlState: string;
  /** Another code that INSERT has for it. */
  readonly constraint?: string;
}

let scenes = 0;

/** A trigger function with this body. */
function trigger(body: string, when = "BEFORE INSERT", kind = "TRIGGER"): string {
  return `
    CREATE FUNCTION {t}_f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} END $$;
    CREATE ${kind} t ${when} ON {t} FOR EACH ROW EXECUTE FUNCTION {t}_f()`;
}

/** A trigger that raises the code for rows whose v is 13. */
function raising(sqlState: string, how: string): Scene {
  const raise = `IF NEW.v = 13 THEN RAISE 'not 13' USING ERRCODE = '${sqlState}'; END IF; RETURN NEW;`;
  const kinds: Record<string, string> = {
    "before the insert": trigger(raise),
    "after the insert": trigger(raise, "AFTER INSERT"),
    "at the commit": trigger(raise, "AFTER INSERT", "CONSTRAINT TRIGGER").replace(
      "{t} FOR EACH",
      "{t} DEFERRABLE INITIALLY DEFERRED FOR EACH",
    ),
  };
  return {
    what: `${sqlState} is raised ${how}`,
    setup: `CREATE TABLE {t} (v int); ${kinds[how]}`,
    good: { v: 1 },
    bad: { v: 13 },
    sqlState,
  };
}

const SCENES: readonly Scene[] = [
  {
    what: "a partition's table is missing (42P01)",
    setup: `CREATE TABLE {t} (day text, v int); CREATE TABLE {t}_202601 () INHERITS ({t});
      ${trigger("EXECUTE 'INSERT INTO {t}_' || NEW.day || ' SELECT ($1).*' USING NEW; RETURN NULL;")}`,
    good: { day: "202601", v: 1 },
    bad: { day: "209901", v: 1 },
    sqlState: "42P01",
  },
  {
    what: "a text search configuration is missing (42704)",
    setup: `CREATE TABLE {t} (lang text, body text, words tsvector);
      ${trigger("NEW.words := to_tsvector(NEW.lang::regconfig, NEW.body); RETURN NEW;")}`,
    good: { lang: "english", body: "a" },
    bad: { lang: "klingon", body: "b" },
    sqlState: "42704",
  },
  {
    what: "a CHECK calls what does not exist (42883)",
    setup: `CREATE TABLE {t} (f text);
      CREATE FUNCTION {t}_call(f text) RETURNS boolean LANGUAGE plpgsql AS $$
        DECLARE r boolean; BEGIN EXECUTE 'SELECT ' || f || '()' INTO r; RETURN r; END $$;
      ALTER TABLE {t} ADD CHECK ({t}_call(f) IS NOT NULL)`,
    good: { f: "pg_is_in_recovery" },
    bad: { f: "no_such_function" },
    sqlState: "42883",
  },
  {
    what: "a partition is a foreign table that takes no rows (0A000)",
    setup: `CREATE EXTENSION IF NOT EXISTS file_fdw;
      CREATE SERVER IF NOT EXISTS row_or_table FOREIGN DATA WRAPPER file_fdw;
      CREATE TABLE {t} (year int) PARTITION BY RANGE (year);
      CREATE TABLE {t}_now PARTITION OF {t} FOR VALUES FROM (2026) TO (2030);
      CREATE FOREIGN TABLE {t}_old PARTITION OF {t} FOR VALUES FROM (2000) TO (2026)
        SERVER row_or_table OPTIONS (filename '/dev/null')`,
    good: { year: 2026 },
    bad: { year: 2001 },
    sqlState: "0A000",
  },
  {
    what: "a key is too large for its index (54000)",
    setup: "CREATE TABLE {t} (v text UNIQUE)",
    good: { v: null },
    bad: { v: Array.from({ length: 9000 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join("") },
    sqlState: "54000",
  },
  {
    what: "a statement in a trigger lacks a privilege for some rows (42501)",
    setup: `CREATE TABLE {t} (v int); CREATE TABLE {t}_secret (v int);
      DROP ROLE IF EXISTS row_or_table_nobody; CREATE ROLE row_or_table_nobody;
      CREATE FUNCTION {t}_f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.v = 13 THEN SET LOCAL ROLE row_or_table_nobody; INSERT INTO {t}_secret VALUES (1); END IF;
        RETURN NEW; END $$;
      CREATE TRIGGER t BEFORE INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION {t}_f()`,
    good: { v: 1 },
    bad: { v: 13 },
    sqlState: "42501",
  },
  ...(["regclass", "regnamespace"] as const).map((type) => ({
    what: `a CHECK casts a value to ${type} that names nothing`,
    setup: `CREATE TABLE {t} (v text CHECK (v::${type} IS NOT NULL))`,
    good: { v: type === "regclass" ? "pg_class" : "pg_catalog" },
    bad: { v: "nothing" },
    sqlState: type === "regclass" ? "42P01" : "3F000",
  })),
  {
    what: "the table has a statement-level trigger that rejects statements without rows",
    setup: `CREATE TABLE {t} (v int);
      CREATE FUNCTION {t}_any() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NOT EXISTS (SELECT FROM new) THEN RAISE 'no rows'; END IF; RETURN NULL; END $$;
      CREATE TRIGGER any_row AFTER INSERT ON {t} REFERENCING NEW TABLE AS new
        FOR EACH STATEMENT EXECUTE FUNCTION {t}_any();
      ${trigger("IF NEW.v = 13 THEN PERFORM FROM no_such_table; END IF; RETURN NEW;")}`,
    good: { v: 1 },
    bad: { v: 13 },
    sqlState: "42P01",
  },
  ...["42501", "42P01", "0A000", "28000", "3D000", "26000", "3F000", "XX000", "2200H"].map((code) =>
    raising(code, "before the insert"),
  ),
  ...["42501", "0A000", "XX000"].map((code) => raising(code, "after the insert")),
  ...["42501", "0A000", "XX000", "40001"].map((code) => raising(code, "at the commit")),
  ...[
    "40001",
    "40P01",
    "53100",
    "53300",
    "55P03",
    "57014",
    "58030",
    "08006",
    "25006",
    "40003",
    "08007",
  ].map((code) => raising(code, "before the insert")),
];

async function connect(scene: Scene, options: CopierOptions<Row>): Promise<Copier<Row>> {
  const name = `${db.schema}.scene_${scenes++}`;
  await db.pool.query(scene.setup.replaceAll("{t}", name).replaceAll("{s}", db.schema));
  return Copier.connect<Row>(name, {
    databaseUrl: db.url,
    columns: Object.keys(scene.bad),
    retry: { minDelayMs: 5 },
    ...options,
  });
}

function isRejectedFor({ sqlState, bad }: Scene): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof RowRejectedError, String(error));
    assert.equal(error.sqlState, sqlState);
    assert.deepEqual(error.row, bad);
    return true;
  };
}

describe("a row is returned to its sender for its own value, and no other is held up, when", () => {
  for (const scene of SCENES) {
    it(`${scene.what}, alone and with nothing to compare with`, async () => {
      const copier = await connect(scene, { connections: 1 });
      await assert.rejects(copier.insert(scene.bad), isRejectedFor(scene));
      await copier.insert(scene.good);
      await assert.rejects(copier.insert(scene.bad), isRejectedFor(scene));
      await copier.close();
    });

    it(`${scene.what}, among others`, async () => {
      const copier = await connect(scene, {});
      const isBad = (n: number): boolean => n === 3 || n === 17 || n === 18;
      const inserts = Array.from({ length: 30 }, (_, n) =>
        copier.insert(isBad(n) ? scene.bad : scene.good),
      );
      const results = await Promise.allSettled(inserts);
      assert.deepEqual(
        results.map(({ status }) => status),
        results.map((_, n) => (isBad(n) ? "rejected" : "fulfilled")),
      );
      await copier.close();
      assert.equal(copier.stats.rowsCommitted + copier.stats.rowsSkipped, 27);
    });
  }
});

/** Trouble that an operator makes, and ends; `{t}` is the table. */
const TROUBLES: readonly (readonly [what: string, begin: string, end: string])[] = [
  ["the table is renamed", "ALTER TABLE {t} RENAME TO away", "ALTER TABLE {s}.away RENAME TO {n}"],
  ["a column is renamed", "ALTER TABLE {t} RENAME v TO w", "ALTER TABLE {t} RENAME w TO v"],
  ["a privilege is revoked", "REVOKE ALL ON {t} FROM {r}", "GRANT ALL ON {t} TO {r}"],
  [
    "the privilege on a sequence is revoked that a default reads",
    "REVOKE ALL ON SEQUENCE {t}_id_seq FROM {r}",
    "GRANT ALL ON SEQUENCE {t}_id_seq TO {r}",
  ],
  [
    "the sequence of a default has come to its end",
    "ALTER SEQUENCE {t}_id_seq MAXVALUE 2; SELECT setval('{t}_id_seq', 2)",
    "ALTER SEQUENCE {t}_id_seq NO MAXVALUE",
  ],
  [
    "the role is read-only",
    "ALTER ROLE {r} SET default_transaction_read_only = on",
    "ALTER ROLE {r} RESET ALL",
  ],
];

describe("all rows are kept, and no sender is told otherwise, when", () => {
  for (const [what, begin, end] of TROUBLES) {
    it(what, async () => {
      const [name, role] = [`trouble_${scenes}`, `writer_${scenes++}`];
      const run = (sql: string): Promise<unknown> =>
        db.pool.query(
          sql
            .replaceAll("{t}", `${db.schema}.${name}`)
            .replaceAll("{n}", name)
            .replaceAll("{s}", db.schema)
            .replaceAll("{r}", role),
        );
      await run(`
        CREATE ROLE {r} LOGIN PASSWORD 'x'; GRANT USAGE ON SCHEMA {s} TO {r};
        CREATE TABLE {t} (id serial, v int);
        GRANT ALL ON {t}, {t}_id_seq TO {r}`);
      const url = Object.assign(new URL(db.url), { username: role, password: "x" }).href;
      const copier = await Copier.connect<Row>(`${db.schema}.${name}`, {
        databaseUrl: url,
        columns: ["v"],
        connections: 1,
        // Settings of a role are read by new sessions only.
        connectionLifetimeMs: 1,
        retry: { minDelayMs: 5, maxDelayMs: 20 },
      });
      await run(begin);
      let settled = 0;
      const settle = (): void => void settled++;
      const alone = copier.insert({ v: 1 });
      alone.then(settle, settle);
      await eventually(() => copier.stats.retries > 5, "the lone row was tried some times");
      const others = Array.from({ length: 20 }, (_, v) => copier.insert({ v }));
      for (const insert of others) insert.then(settle, settle);
      await sleep(200);
      assert.equal(settled, 0);
      await run(end);
      await Promise.all([alone, ...others]);
      await copier.close();
      assert.equal(copier.stats.rowsCommitted, 21);
      await run("DROP TABLE {t}; DROP OWNED BY {r}; DROP ROLE {r}");
    });
  }
});

describe("a row that COPY alone rejects", () => {
  it("is returned at the second attempt, however many connections there are", async () => {
    const scene: Scene = {
      what: "a trigger minds COPY only",
      setup: `CREATE TABLE {t} (v int); ${trigger(`
        IF NEW.v = 13 AND strpos(current_query(), 'COPY') > 0 THEN PERFORM FROM no_such_table; END IF;
        RETURN NEW;`)}`,
      good: { v: 1 },
      bad: { v: 13 },
      sqlState: "42P01",
    };
    const copier = await connect(scene, { connections: 16 });
    await assert.rejects(copier.insert(scene.bad), isRejectedFor(scene));
    assert.equal(copier.stats.retries, 1);
    await copier.close();
  });
});

describe("all rows of a foreign table are kept, when", () => {
  it("the table that it leads to is renamed", async (test) => {
    const { rows } = await db.pool.query(
      "SELECT FROM pg_available_extensions WHERE name = 'postgres_fdw'",
    );
    if (rows.length === 0) {
      test.skip("the server has no postgres_fdw");
      return;
    }
    const { hostname, port, pathname, username, password } = new URL(db.url);
    await db.pool.query(`CREATE EXTENSION IF NOT EXISTS postgres_fdw;
      CREATE TABLE ${db.schema}.near (v int);
      CREATE SERVER ${db.schema}_near FOREIGN DATA WRAPPER postgres_fdw
        OPTIONS (host '${hostname}', port '${port}', dbname '${pathname.slice(1)}');
      CREATE USER MAPPING FOR CURRENT_USER SERVER ${db.schema}_near
        OPTIONS (user '${username}', password '${password}');
      CREATE FOREIGN TABLE ${db.schema}.far (v int) SERVER ${db.schema}_near
        OPTIONS (schema_name '${db.schema}', table_name 'near')`);
    const copier = await Copier.connect<Row>(`${db.schema}.far`, {
      databaseUrl: db.url,
      connections: 1,
      retry: { minDelayMs: 5, maxDelayMs: 20 },
    });
    await db.pool.query(`ALTER TABLE ${db.schema}.near RENAME TO away`);
    const inserts = Promise.all([1, 2, 3].map((v) => copier.insert({ v })));
    assert.equal(await Promise.race([inserts, sleep(500, "kept")]), "kept");
    await db.pool.query(`ALTER TABLE ${db.schema}.away RENAME TO near`);
    await inserts;
    await copier.close();
    await db.pool.query(`DROP SERVER ${db.schema}_near CASCADE`);
  });
});

describe("a slow trial", () => {
  const retry = { minDelayMs: 5, maxDelayMs: 20 };

  it("is not cut while the server works on it, nor is the session of a temporary table", async () => {
    const pool = new Pool({ connectionString: db.url, max: 1, idleTimeoutMillis: 0 });
    await pool.query(`
      CREATE TEMPORARY TABLE slow_trial (v int);
      CREATE FUNCTION pg_temp.slow_trial_f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.v = 13 THEN PERFORM pg_sleep(0.6); PERFORM FROM no_such_table; END IF;
        RETURN NEW; END $$;
      CREATE TRIGGER t BEFORE INSERT ON slow_trial FOR EACH ROW EXECUTE FUNCTION pg_temp.slow_trial_f()`);
    const copier = await Copier.connect<Row>("slow_trial", {
      pool,
      connections: 1,
      copyTimeoutMs: 200,
      retry,
    });
    await assert.rejects(copier.insert({ v: 13 }), { sqlState: "42P01" });
    await copier.insert({ v: 1 });
    await copier.close();
    const { rows } = await pool.query<{ v: number }>("SELECT v FROM pg_temp.slow_trial");
    assert.deepEqual(rows, [{ v: 1 }]);
    await pool.end();
  });

  it("of a given pool does not keep close() beyond its timeoutMs", async () => {
    const name = `${db.schema}.slow_trial`;
    await db.pool.query(`
      CREATE TABLE ${name} (v int);
      CREATE FUNCTION ${name}_f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF current_query() LIKE 'INSERT%' THEN PERFORM pg_sleep(5); END IF;
        PERFORM FROM no_such_table; END $$;
      CREATE TRIGGER t BEFORE INSERT ON ${name} FOR EACH ROW EXECUTE FUNCTION ${name}_f()`);
    const pool = new Pool({ connectionString: db.url });
    const copier = await Copier.connect<Row>(name, { pool, connections: 1, retry });
    const inserted = assert.rejects(copier.insert({ v: 1 }), { name: "UndeliveredError" });
    await eventually(async () => {
      const { rowCount } = await db.pool.query(
        "SELECT FROM pg_stat_activity WHERE query LIKE 'INSERT%slow_trial%' AND wait_event = 'PgSleep'",
      );
      return rowCount === 1;
    }, "the INSERT is under way");
    const closingAt = performance.now();
    await copier.close({ timeoutMs: 50 });
    await inserted;
    assert.ok(performance.now() - closingAt < 2500);
    await pool.end();
  });
});

describe("rows that wait", () => {
  it("for a lock on their key are kept until it is released", async () => {
    const name = `${db.schema}.locked_key`;
    await db.pool.query(`CREATE TABLE ${name} (id int PRIMARY KEY)`);
    const pool = new Pool({ connectionString: db.url, options: "-c lock_timeout=20ms" });
    const copier = await Copier.connect<Row>(name, {
      pool,
      retry: { minDelayMs: 1, maxDelayMs: 5 },
    });
    const other = await db.pool.connect();
    await other.query(`BEGIN; INSERT INTO ${name} VALUES (7)`);
    const inserts = Array.from({ length: 20 }, (_, id) => copier.insert({ id }));
    const all = Promise.all(inserts);
    const outcome = await Promise.race([all, sleep(1000, "kept")]);
    assert.equal(outcome, "kept");
    await other.query("ROLLBACK");
    other.release();
    await all;
    await copier.close();
    await pool.end();
  });

  it("too long together for the statement_timeout are written in parts", async () => {
    const name = `${db.schema}.slow_rows`;
    await db.pool.query(`
      CREATE TABLE ${name} (id int);
      CREATE FUNCTION ${name}_f() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(0.005); RETURN NEW; END $$;
      CREATE TRIGGER t BEFORE INSERT ON ${name} FOR EACH ROW EXECUTE FUNCTION ${name}_f()`);
    const pool = new Pool({ connectionString: db.url, options: "-c statement_timeout=200ms" });
    const copier = await Copier.connect<Row>(name, { pool, retry: { minDelayMs: 1 } });
    await copier.sendMany(Array.from({ length: 200 }, (_, id) => ({ id })));
    await copier.flush();
    await copier.close();
    await pool.end();
    assert.equal(copier.stats.rowsCommitted, 200);
    assert.ok(copier.stats.batchesCommitted > 3, `${copier.stats.batchesCommitted} parts`);
  });
});

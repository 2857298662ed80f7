import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Pool } from "pg";

import {
  Copier,
  CopierGroup,
  resendDeadLetters,
  RowRejectedError,
  SchemaMismatchError,
  UndeliveredError,
  type CopierOptions,
  type Rejection,
} from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { PgBouncer } from "../helpers/pgbouncer.js";

const db = useDatabase();
let tables = 0;

interface LetterRow {
  readonly id: string;
  readonly table_name: string;
  readonly row: Record<string, string | null>;
  readonly code: string;
  readonly sql_state: string | null;
  readonly message: string;
  readonly detail: string | null;
  readonly constraint_name: string | null;
  readonly column_name: string | null;
}

/** A new table of these columns, and the name of a table of dead letters that does not exist. */
async function tableWith(columns: string): Promise<{ name: string; deadLetters: string }> {
  const name = `${db.schema}.t${tables}`;
  await db.pool.query(`CREATE TABLE ${name} (${columns})`);
  return { name, deadLetters: `${db.schema}.letters_${tables++}` };
}

function connect(
  name: string,
  options: CopierOptions<Record<string, unknown>>,
): Promise<Copier<Record<string, unknown>>> {
  return Copier.connect(name, { databaseUrl: db.url, ...options });
}

function letters(name: string): Promise<LetterRow[]> {
  return db.rows<LetterRow>(`SELECT * FROM ${name} ORDER BY id`);
}

function ids(name: string): Promise<number[]> {
  return db
    .rows<{ id: number }>(`SELECT id FROM ${name} ORDER BY id`)
    .then((rows) => rows.map(({ id }) => id));
}

describe("rows that the server rejects", () => {
  it("are kept as dead letters, and flush() and close() do not reject for them", async () => {
    const { name, deadLetters } = await tableWith(
      'id int PRIMARY KEY, "No""te" text, at timestamptz, CONSTRAINT odd CHECK (id % 2 = 1)',
    );
    const copier = await connect(name, { deadLetters });
    for (let id = 1; id <= 6; id++) {
      await copier.send({ id, 'No"te': `$letter$ \\ ' "${id}`, at: null });
    }
    await copier.send({ id: 3, 'No"te': "again", at: "2026-01-02T03:04:05.678901Z" });
    await copier.flush();
    assert.deepEqual(await ids(name), [1, 3, 5]);
    const [two, four, six, three, ...others] = await letters(deadLetters);
    assert.deepEqual(others, []);
    assert.deepEqual(two!.row, { id: "2", 'No"te': `$letter$ \\ ' "2`, at: null });
    assert.equal(two!.table_name, copier.table);
    assert.equal(two!.code, "ROW_REJECTED");
    assert.equal(two!.sql_state, "23514");
    assert.equal(two!.constraint_name, "odd");
    assert.match(two!.message, /violates check constraint/);
    assert.match(two!.detail!, /Failing row contains \(2,/);
    assert.equal(four!.row["id"], "4");
    assert.equal(six!.row["id"], "6");
    assert.equal(three!.sql_state, "23505");
    assert.equal(three!.row["at"], "2026-01-02 03:04:05.678901+00");
    const { rowsAccepted, rowsCommitted, rowsRejected, rowsBuffered } = copier.stats;
    assert.deepEqual([rowsAccepted, rowsCommitted, rowsRejected, rowsBuffered], [7, 3, 4, 0]);
    await copier.close();
  });

  it("are passed to onReject, too, once their letters are committed", async () => {
    const { name, deadLetters } = await tableWith("id int CHECK (id > 0)");
    const seen: [unknown, number][] = [];
    const onReject = async ({ row, error }: Rejection<Record<string, unknown>>): Promise<void> => {
      assert.ok(error instanceof RowRejectedError);
      seen.push([row["id"], (await letters(deadLetters)).length]);
    };
    await using copier = await connect(name, { deadLetters, onReject });
    await copier.sendMany([{ id: -1 }, { id: 1 }]);
    await copier.flush();
    assert.deepEqual(seen, [[-1, 1]]);
  });

  it("reject flush() if onReject fails, as without dead letters", async () => {
    const { name, deadLetters } = await tableWith("id int CHECK (id > 0)");
    const onReject = (): void => {
      throw new Error("the queue is full");
    };
    await using copier = await connect(name, { deadLetters, onReject });
    await copier.send({ id: -1 });
    await assert.rejects(copier.flush(), { code: "ROWS_REJECTED", count: 1 });
    assert.equal((await letters(deadLetters)).length, 1);
  });

  it("are their callers' alone if they are those of insert()", async () => {
    const { name, deadLetters } = await tableWith("id int CHECK (id > 0)");
    await using copier = await connect(name, { deadLetters });
    const inserted = copier.insert({ id: -1 });
    const sent = copier.send({ id: -2 });
    await assert.rejects(inserted, { code: "ROW_REJECTED" });
    await sent;
    await copier.flush();
    assert.deepEqual(
      (await letters(deadLetters)).map(({ row }) => row["id"]),
      ["-2"],
    );
  });

  it("are kept if a whole batch of them is rejected", async () => {
    const { name, deadLetters } = await tableWith("id int CHECK (id < 0)");
    await using copier = await connect(name, { deadLetters, connections: 1 });
    await copier.sendMany(Array.from({ length: 200 }, (_, id) => ({ id })));
    await copier.flush();
    assert.deepEqual(
      (await letters(deadLetters)).map(({ row }) => Number(row["id"])),
      Array.from({ length: 200 }, (_, id) => id),
    );
    assert.equal(copier.stats.rowsRejected, 200);
  });

  it("are kept with values that their types refuse", async () => {
    await db.pool.query(`CREATE DOMAIN ${db.schema}.positive AS int CHECK (VALUE > 0)`);
    const { name, deadLetters } = await tableWith(
      `one ${db.schema}.positive, many ${db.schema}.positive[], days daterange, document json`,
    );
    await using copier = await connect(name, { deadLetters });
    await copier.send({ one: -1, many: null, days: null, document: null });
    await copier.send({ one: 1, many: [1, -2, null], days: null, document: null });
    await copier.send({ one: 1, many: [], days: "[2026-02-01,2026-01-01]", document: null });
    await copier.send({ one: 1, many: [], days: null, document: { a: "\u0000" } });
    await copier.flush();
    const rows = (await letters(deadLetters)).map(({ row }) => row);
    assert.deepEqual(rows, [
      { one: "-1", many: null, days: null, document: null },
      { one: "1", many: "{1,-2,NULL}", days: null, document: null },
      { one: "1", many: "{}", days: "[2026-02-01,2026-01-01]", document: null },
    ]);
  });

  it("are kept with 50 MB of bytea", async () => {
    const { name, deadLetters } = await tableWith("id int CHECK (id > 0), data bytea");
    await using copier = await connect(name, { deadLetters });
    await copier.send({ id: -1, data: Buffer.alloc(50_000_000, 0x5c) });
    await copier.flush();
    const [found] = await db.rows<{ bytes: number }>(
      `SELECT length(("row"->>'data')::bytea) AS bytes FROM ${deadLetters}`,
    );
    assert.equal(found!.bytes, 50_000_000);
  });

  it("are reported as without dead letters if jsonb cannot hold them", async () => {
    const { name, deadLetters } = await tableWith("id int CHECK (id > 0), data bytea");
    const seen: unknown[] = [];
    await using copier = await connect(name, {
      deadLetters,
      onReject: ({ row, error }) => void seen.push([row["id"], error.code]),
    });
    await copier.send({ id: -1, data: Buffer.alloc(140_000_000) });
    await copier.send({ id: -2, data: null });
    await copier.flush();
    assert.deepEqual(seen, [
      [-1, "ROW_REJECTED"],
      [-2, "ROW_REJECTED"],
    ]);
    assert.deepEqual(
      (await letters(deadLetters)).map(({ row }) => row["id"]),
      ["-2"],
    );
  });

  it("are kept in order with the rows after them, and stay with the batch while letters cannot be written", async () => {
    const { name, deadLetters } = await tableWith("id int CHECK (id > 0)");
    await using copier = await connect(name, {
      deadLetters,
      retry: { minDelayMs: 10, maxDelayMs: 20 },
    });
    await db.pool.query(`ALTER TABLE ${deadLetters} ADD CONSTRAINT none CHECK (false)`);
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    await copier.sendMany([{ id: 1 }, { id: -1 }, { id: 2 }]);
    const flushed = copier.flush();
    assert.match((await warned).message, /rows are kept and sent again.*violates check.*"none"/s);
    assert.deepEqual(await ids(name), [1]);
    await db.pool.query(`ALTER TABLE ${deadLetters} DROP CONSTRAINT none`);
    await flushed;
    assert.deepEqual(await ids(name), [1, 2]);
    assert.equal((await letters(deadLetters)).length, 1);
  });

  it("stay with their batch while a deferred constraint refuses letters: no other row is blamed", async () => {
    const { name, deadLetters } = await tableWith("id int PRIMARY KEY, n int CHECK (n <> 13)");
    const rejections: unknown[] = [];
    const copier = await connect(name, {
      deadLetters,
      onConflict: { update: "all" },
      onReject: ({ row }) => void rejections.push(row),
      retry: { minDelayMs: 2, maxDelayMs: 20 },
    });
    await db.pool.query(`CREATE FUNCTION ${deadLetters}_f() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE 'closed'; END $$;
      CREATE CONSTRAINT TRIGGER t AFTER INSERT ON ${deadLetters} DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION ${deadLetters}_f()`);
    await copier.sendMany([1, 13, 3, 4].map((n) => ({ id: n, n })));
    void copier.flush();
    await eventually(() => copier.stats.retries > 2, "the letter was refused");
    await db.pool.query(`DROP TRIGGER t ON ${deadLetters}`);
    await copier.close();
    assert.deepEqual(rejections, [{ id: 13, n: 13 }]);
    assert.deepEqual(await ids(name), [1, 3, 4]);
    assert.equal((await letters(deadLetters)).length, 1);
  });

  it("stay with the batch while a deferred constraint of the letters' table fails: no other row is blamed", async () => {
    const { name, deadLetters } = await tableWith("id int CHECK (id > 0)");
    await using copier = await connect(name, {
      deadLetters,
      retry: { minDelayMs: 10, maxDelayMs: 20 },
    });
    await db.pool.query(
      `ALTER TABLE ${deadLetters} ADD CONSTRAINT one UNIQUE (table_name) DEFERRABLE INITIALLY DEFERRED`,
    );
    await copier.sendMany([{ id: 1 }, { id: -1 }, { id: 2 }]);
    await copier.flush();
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    await copier.sendMany([{ id: 3 }, { id: -2 }, { id: 4 }]);
    const flushed = copier.flush();
    assert.match((await warned).message, /rows are kept and sent again.*unique constraint "one"/s);
    await db.pool.query(`ALTER TABLE ${deadLetters} DROP CONSTRAINT one`);
    await flushed;
    assert.deepEqual(await ids(name), [1, 2, 3, 4]);
    assert.equal((await letters(deadLetters)).length, 2);
  });

  it("are handed back by close({ timeoutMs }) while their letters cannot be written", async () => {
    const { name, deadLetters } = await tableWith("id int CHECK (id > 0)");
    const copier = await connect(name, {
      deadLetters,
      retry: { minDelayMs: 10, maxDelayMs: 20 },
    });
    await db.pool.query(`DROP TABLE ${deadLetters}`);
    await copier.sendMany([{ id: -1 }, { id: 2 }]);
    await assert.rejects(copier.close({ timeoutMs: 300 }), (error: { rows: object[] }) => {
      assert.deepEqual(error.rows, [{ id: -1 }, { id: 2 }]);
      return true;
    });
    assert.deepEqual(await ids(name), []);
  });

  it("are in doubt if it is unknown whether their letters are committed", async () => {
    const { name, deadLetters } = await tableWith("id int CHECK (id > 0)");
    const copier = await connect(name, { deadLetters, connections: 1 });
    await db.pool.query(`
      CREATE FUNCTION ${deadLetters}_sleep() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER sleep AFTER INSERT ON ${deadLetters} INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION ${deadLetters}_sleep()`);
    await copier.send({ id: -1 });
    await eventually(async () => {
      const [row] = await db.rows<{ sleeps: boolean }>(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep') AS sleeps",
      );
      return row!.sleeps;
    }, "the commit sleeps");
    await assert.rejects(copier.close({ timeoutMs: 50 }), (error: Error) => {
      assert.ok(error instanceof UndeliveredError);
      assert.deepEqual(error.rows, []);
      assert.deepEqual(
        error.inDoubt.map(({ rows }) => rows),
        [[{ id: -1 }]],
      );
      return true;
    });
    // It would hold its locks until it wakes up.
    await db.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks
       WHERE relation = '${deadLetters}'::regclass AND pid <> pg_backend_pid()`,
    );
  });

  it("take little space and time if there are many in a batch", async () => {
    const { name, deadLetters } = await tableWith("id int CHECK (id < 0)");
    await using copier = await connect(name, { deadLetters, connections: 1 });
    await copier.sendMany(Array.from({ length: 500 }, (_, id) => ({ id })));
    await copier.flush();
    const [written] = await db.rows<{ attempts: number }>(
      `SELECT max(id)::int AS attempts FROM ${deadLetters}`,
    );
    assert.ok(written!.attempts < 5 * 500, `letters were written ${written!.attempts} times`);
  });

  it("are reported as without dead letters if the database cannot store their characters", async () => {
    const database = `latin1_${process.pid}`;
    await db.pool.query(
      `CREATE DATABASE ${database} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
    );
    const url = new URL(db.url);
    url.pathname = database;
    const pool = new Pool({ connectionString: url.href });
    try {
      await pool.query("CREATE TABLE notes (id int CHECK (id > 0), note text)");
      const seen: unknown[] = [];
      const copier = await Copier.connect("notes", {
        pool,
        deadLetters: "letters",
        onReject: ({ row }) => void seen.push(row["note"]),
      });
      await copier.sendMany([
        { id: 1, note: "€" },
        { id: -1, note: "é" },
        { id: 2, note: "ü" },
      ]);
      await copier.close();
      assert.deepEqual(seen, ["€", "é"]);
      const { rows } = await pool.query(`SELECT "row"->>'note' AS note FROM letters`);
      assert.deepEqual(rows, [{ note: "é" }]);
    } finally {
      await pool.end();
      await db.pool.query(`DROP DATABASE ${database}`);
    }
  });

  it("of a group's tables are kept in its table, or in their own", async () => {
    const one = await tableWith("id int CHECK (id > 0)");
    const other = await tableWith("id int CHECK (id > 0)");
    await using group = await CopierGroup.connect({
      databaseUrl: db.url,
      deadLetters: one.deadLetters,
    });
    await group.copier(other.name, { deadLetters: other.deadLetters });
    await group.send(one.name, { id: -1 });
    await group.send(other.name, { id: -2 });
    await group.flush();
    assert.deepEqual(
      (await letters(one.deadLetters)).map(({ row }) => row["id"]),
      ["-1"],
    );
    assert.deepEqual(
      (await letters(other.deadLetters)).map(({ row }) => row["id"]),
      ["-2"],
    );
  });

  it("are kept through PgBouncer", async (test) => {
    if (!PgBouncer.isInstalled) {
      test.skip("pgbouncer is not installed");
      return;
    }
    const bouncer = await PgBouncer.start(db.url, 2);
    try {
      const { name, deadLetters } = await tableWith("id int CHECK (id > 0), at timestamptz");
      const copier = await connect(name, { databaseUrl: bouncer.url, deadLetters });
      await copier.sendMany([{ id: 1 }, { id: -1, at: new Date(0) }, { id: 2 }]);
      await copier.flush();
      assert.deepEqual(
        (await letters(deadLetters)).map(({ row }) => row),
        [{ id: "-1", at: "1970-01-01 00:00:00+00" }],
      );
      await db.pool.query(`ALTER TABLE ${name} DROP CONSTRAINT ${name.split(".")[1]}_id_check`);
      assert.deepEqual(await resendDeadLetters(copier), { sent: 1, refused: [] });
      await copier.close();
      assert.deepEqual(await ids(name), [-1, 1, 2]);
    } finally {
      await bouncer.stop();
    }
  });

  it("are kept whatever the search_path and the settings of the session are", async () => {
    const { name, deadLetters } = await tableWith("id int CHECK (id > 0), note text");
    const settings = "search_path=pg_temp standard_conforming_strings=off backslash_quote=off";
    const options = settings.split(" ").map((setting) => `-c ${setting}`);
    await using copier = await connect(name, {
      databaseUrl: undefined,
      connection: { connectionString: db.url, options: options.join(" ") },
      deadLetters,
    });
    await copier.send({ id: -1, note: "\\'; DROP TABLE x; --$letter" });
    await copier.flush();
    const [letter] = await letters(deadLetters);
    assert.equal(letter!.row["note"], "\\'; DROP TABLE x; --$letter");
  });
});

describe("a table of dead letters", () => {
  it("is created once by processes that start together", async () => {
    const { name, deadLetters } = await tableWith("id int");
    const copiers = await Promise.all(
      Array.from({ length: 8 }, () => connect(name, { deadLetters, connections: 1 })),
    );
    await Promise.all(copiers.map((copier) => copier.close()));
    assert.deepEqual(await letters(deadLetters), []);
  });

  it("that the role may not create is an error with its DDL", async () => {
    const { name } = await tableWith("id int");
    const deadLetters = 'missing_schema."Odd.Name"';
    await assert.rejects(connect(name, { deadLetters }), (error: Error) => {
      assert.ok(error instanceof SchemaMismatchError);
      assert.match(error.message, /does not exist, and cannot be created: schema "missing_schema"/);
      assert.match(
        error.ddl,
        /^CREATE TABLE "missing_schema"\."Odd\.Name" \(\n {2}"id" bigint GEN/,
      );
      return true;
    });
  });

  it("that exists must have the columns, with types that take what is written", async () => {
    const { name, deadLetters } = await tableWith("id int");
    await db.pool.query(
      `CREATE TABLE ${deadLetters} (id bigint, at timestamptz, table_name text, "row" text,
       code text, sql_state text NOT NULL, message varchar(20), detail text, constraint_name text,
       column_name text, source text, mine int NOT NULL)`,
    );
    await assert.rejects(connect(name, { deadLetters }), (error: Error) => {
      assert.ok(error instanceof SchemaMismatchError);
      assert.deepEqual(error.differences, [
        'column "id" must have a default (table of deadLetters)',
        'column "at" must have a default (table of deadLetters)',
        'column "row" must be jsonb, it is text (table of deadLetters)',
        'column "sql_state" is NOT NULL (table of deadLetters)',
        'column "message" must be text or character varying, it is character varying(20) (table of deadLetters)',
        'column "position" does not exist (table of deadLetters)',
        'column "mine" is NOT NULL without a default (table of deadLetters)',
      ]);
      assert.match(error.ddl, /ADD COLUMN "position" bigint/);
      assert.match(error.ddl, /ALTER COLUMN "sql_state" DROP NOT NULL/);
      return true;
    });
  });

  it("must be a table, in which letters are stored with the rows' transaction", async () => {
    const { name, deadLetters } = await tableWith("id int");
    await db.pool.query(`CREATE VIEW ${deadLetters} AS SELECT 1 AS id`);
    await assert.rejects(connect(name, { deadLetters }), (error: Error) => {
      assert.ok(error instanceof SchemaMismatchError);
      assert.deepEqual(error.differences, [
        "it is not a table of this server (table of deadLetters)",
      ]);
      return true;
    });
  });

  it("needs the privilege to INSERT, and no other", async () => {
    const { name, deadLetters } = await tableWith("id int CHECK (id > 0)");
    const role = `${db.schema}_writer`;
    await db.pool.query(`CREATE ROLE ${role}; GRANT USAGE ON SCHEMA ${db.schema} TO ${role};
      GRANT INSERT ON ${name} TO ${role}`);
    const options = {
      databaseUrl: undefined,
      connection: { connectionString: db.url, options: `-c role=${role}` },
      deadLetters,
    };
    await assert.rejects(connect(name, options), {
      code: "SCHEMA_MISMATCH",
      message: /does not exist, and cannot be created: permission denied for schema/,
    });
    await (await connect(name, { deadLetters })).close();
    await assert.rejects(connect(name, options), {
      code: "SCHEMA_MISMATCH",
      message: /this role has no INSERT privilege on column "table_name"/,
    });
    await db.pool.query(`GRANT INSERT ON ${deadLetters} TO ${role}`);
    const copier = await connect(name, options);
    await copier.send({ id: -1 });
    await copier.close();
    assert.equal((await letters(deadLetters)).length, 1);
    await db.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  it("must have a name that SQL reads as one", async () => {
    const { name } = await tableWith("id int");
    for (const deadLetters of ["a b", "x; DROP TABLE y", "a..b", "1a"]) {
      await assert.rejects(connect(name, { deadLetters }), {
        code: "SCHEMA_MISMATCH",
        message: /deadLetters is not a valid name of a table/,
      });
    }
    for (const deadLetters of ["", 7]) {
      await assert.rejects(connect(name, { deadLetters: deadLetters as string }), {
        code: "INVALID_OPTION",
        message: /deadLetters must be the name of a table/,
      });
    }
  });
});

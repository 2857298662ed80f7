import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { Pool } from "pg";

import {
  type BatchCopyError,
  Copier,
  CopierGroup,
  FencedError,
  forgetSource,
  int4,
  ledgerDdl,
  OutcomeUnknownError,
  readLedger,
  RewoundError,
  RowsRejectedError,
  SchemaMismatchError,
  UndeliveredError,
  type CopierOptions,
} from "../../dist/index.js";
import { LedgerStatements } from "../../dist/transaction/ledger-statements.js";
import { compile } from "../helpers/compile.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { codeBlocks } from "../helpers/documents.js";
import { eventually } from "../helpers/eventually.js";
import { lockTable } from "../helpers/group-tables.js";

const run = promisify(execFile);
const PAGE = "docs/exactly-once.md";
/** Inside the package, so that `batch-copy` resolves as it does for users. */
const workFolder = fileURLToPath(
  new URL("../../dist-test/documented/exactly-once", import.meta.url),
);

const db = useDatabase();

/** Runs the last follow() of the page: the server forgets, then another process takes the source over. */
const DRIVER = `
import { Copier } from "batch-copy";
import { Pool } from "pg";
import { follow } from "./FOLLOW.js";

const pool = new Pool({ connectionString: process.env["DATABASE_URL"] });
const connect = () => Copier.connect<{ id: bigint; item: string }>("orders", { ledger: true });
const copier = await connect();
const other = await connect();
await (await copier.source("orders/3", { start: 0n })).close();

/** Resolves when a position is committed. */
async function committed(position: bigint): Promise<void> {
  const sql = "SELECT FROM batch_copy_ledger WHERE source = 'orders/3' AND position = $1";
  while ((await pool.query(sql, [position])).rowCount === 0);
}

const beginnings: bigint[] = [];
async function* ordersFrom(position: bigint) {
  beginnings.push(position);
  for (let offset = position; offset < 10n; offset++) {
    if (offset === 5n && beginnings.length === 1) {
      await committed(5n);
      await pool.query("DELETE FROM orders WHERE id >= 3; UPDATE batch_copy_ledger SET position = 3 WHERE source = 'orders/3'");
    }
    yield { offset, order: { id: offset, item: "lamp" } };
  }
}
console.log(await follow(copier, ordersFrom), beginnings.join());

async function* takenOver(position: bigint) {
  await other.source("orders/3");
  yield { offset: position, order: { id: position, item: "never written" } };
}
console.log(await follow(copier, takenOver));
await copier.close();
await other.close();
await pool.end();
`;

/** Runs the follow() of the page that sends units. */
const UNITS = `
import { Copier, readLedger } from "batch-copy";
import { Pool } from "pg";
import { follow } from "./FOLLOW.js";

const pool = new Pool({ connectionString: process.env["DATABASE_URL"] });
const copier = await Copier.connect<{ id: bigint; item: string }>("orders", { ledger: true });
await follow(copier, async function* (position) {
  yield { offset: position, lines: [{ id: 1n, item: "lamp" }, { id: 2n, item: "bulb" }] };
  yield { offset: position + 5n, lines: [] };
});
await copier.close();
const [source] = await readLedger(pool);
console.log(source?.source, source?.position);
await pool.end();
`;

/** Loads a file, and once more when it has grown. */
const FILE = `
import { appendFile, rm, writeFile } from "node:fs/promises";
import { Copier } from "batch-copy";
import { load } from "./FOLLOW.js";

const copier = await Copier.connect<{ line: string }>("lines", { ledger: true });
const path = process.argv[2]!;
await writeFile(path, "one\\ntwo\\n");
await load(copier, path);
await appendFile(path, "three\\n");
await load(copier, path);
await rm(path);
await copier.close();
`;

/** What ours says, as the page shows it. */
function unqualified(sql: string): string {
  return sql
    .replaceAll(/OPERATOR\(pg_catalog\.(.)\)/g, "$1")
    .replaceAll(/pg_catalog\.|"/g, "")
    .replaceAll(/(?<=batch_copy_guard)_\w+/g, "")
    .replaceAll(/\s+/g, " ");
}

async function sqlBlock(text: string): Promise<string> {
  const block = (await codeBlocks(PAGE, "sql")).find((each) => each.includes(text));
  assert.ok(block !== undefined, text);
  return block;
}

describe("the code of Exactly once", () => {
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    PGOPTIONS: `-c search_path=${db.schema}`,
  };

  async function runFile(name: string, ...args: string[]): Promise<string> {
    const { stdout } = await run(process.execPath, [join(workFolder, name), ...args], {
      env,
      timeout: 20_000,
    });
    return stdout.trimEnd();
  }

  before(async () => {
    const blocks = await codeBlocks(PAGE, "ts");
    const numbered = (code: string, text: string): string =>
      code.replace("FOLLOW", String(blocks.findIndex((block) => block.includes(text))));
    await compile(workFolder, blocks, {
      "driver.ts": numbered(DRIVER, "instanceof FencedError"),
      "file.ts": numbered(FILE, "createReadStream(path)"),
      "units.ts": numbered(UNITS, "source.sendMany(lines"),
    });
  });

  beforeEach(async () => {
    const [ddl] = await codeBlocks(PAGE, "sql");
    await db.pool.query(
      `SET search_path = ${db.schema}; DROP TABLE IF EXISTS orders, batch_copy_ledger; ${ddl}; RESET search_path`,
    );
  });

  it("begins with a program that goes on where it stood", async () => {
    const last = "committed up to position 1000";
    assert.equal(await runFile("0.js"), `begins at position 0\n${last}`);
    assert.equal(await runFile("0.js"), `begins at position 1000\n${last}`);
    await db.pool.query(
      `DELETE FROM ${db.schema}.orders WHERE id >= 700;
       UPDATE ${db.schema}.batch_copy_ledger SET position = 700`,
    );
    assert.equal(await runFile("0.js"), `begins at position 700\n${last}`);
    const counts = "SELECT count(*)::int, count(DISTINCT id)::int AS different";
    assert.deepEqual(await db.rows(`${counts} FROM ${db.schema}.orders`), [
      { count: 1000, different: 1000 },
    ]);
  });

  it("has a reader that reads again what the server has forgotten, and stops when it is taken over", async () => {
    assert.equal(await runFile("driver.js"), "done 0,3\ntaken over");
    const rows = await db.rows<{ id: string }>(`SELECT id FROM ${db.schema}.orders ORDER BY id`);
    assert.deepEqual(
      rows.map(({ id }) => Number(id)),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
  });

  it("has a loader that goes on when its file has grown", async () => {
    await db.pool.query(`CREATE TABLE ${db.schema}.lines (line text NOT NULL)`);
    await runFile("file.js", join(workFolder, "lines.txt"));
    assert.deepEqual(await db.rows(`SELECT line FROM ${db.schema}.lines`), [
      { line: "one" },
      { line: "two" },
      { line: "three" },
    ]);
  });

  it("has units, and positions without rows", async () => {
    assert.equal(await runFile("units.js"), "orders/3 16n");
    const rows = await db.rows(`SELECT item FROM ${db.schema}.orders ORDER BY id`);
    assert.deepEqual(rows, [{ item: "lamp" }, { item: "bulb" }]);
  });

  it("has a source whose rows go to several tables, those that are referred to first", async () => {
    await db.pool.query(
      `DROP TABLE ${db.schema}.orders;
       CREATE TABLE ${db.schema}.orders (id bigint PRIMARY KEY);
       CREATE TABLE ${db.schema}.lines_of_orders
         (order_id bigint NOT NULL REFERENCES ${db.schema}.orders, item text NOT NULL)`,
    );
    const blocks = await codeBlocks(PAGE, "ts");
    await runFile(`${blocks.findIndex((block) => block.includes("group.source("))}.js`);
    const rows = await db.rows(
      `SELECT id::int, item FROM ${db.schema}.orders
         LEFT JOIN ${db.schema}.lines_of_orders ON order_id = id ORDER BY id, item DESC`,
    );
    assert.deepEqual(rows, [
      { id: 1, item: null },
      { id: 2, item: "lamp" },
      { id: 2, item: "bulb" },
    ]);
    assert.deepEqual(await db.rows(`SELECT source, position FROM ${db.schema}.batch_copy_ledger`), [
      { source: "shop/0", position: "2" },
    ]);
    await db.pool.query(`DROP TABLE ${db.schema}.lines_of_orders`);
  });

  it("has calls that read the ledger and forget a source", async () => {
    await runFile("units.js");
    const blocks = await codeBlocks(PAGE, "ts");
    const file = blocks.findIndex((block) => block.includes("forgetSource(pool"));
    const [first, ...ddl] = (await runFile(`${file}.js`)).split("\n");
    assert.match(first!, /^orders\/3 16n moved \d+ s ago false$/);
    assert.equal(ddl.join("\n"), ledgerDdl("app.ledger"));
    assert.deepEqual(await db.rows(`SELECT FROM ${db.schema}.batch_copy_ledger`), []);
  });
});

describe("the SQL of Exactly once", () => {
  it("has the ledger's DDL", async () => {
    assert.equal(await sqlBlock('EXISTS "batch_copy_ledger"'), `${ledgerDdl()}\n`);
    assert.ok((await sqlBlock("GRANT USAGE")).includes(ledgerDdl("app.ledger")));
  });

  it("has the guard as it is sent", async () => {
    const { prepare } = new LedgerStatements("batch_copy_ledger");
    const shown = await sqlBlock("PREPARE batch_copy_guard");
    const normalized = unqualified(shown).trimEnd().replace(/;$/, "");
    assert.equal(
      normalized.replaceAll("( ", "(").replaceAll(" )", ")"),
      unqualified(prepare).replaceAll("( ", "(").replaceAll(" )", ")"),
    );
  });

  it("is a protocol in which a former owner moves nothing", async () => {
    const client = await db.pool.connect();
    const positions = async (): Promise<unknown[]> =>
      (await client.query("SELECT position FROM batch_copy_ledger")).rows;
    try {
      await client.query(`SET search_path = ${db.schema}`);
      await client.query("DROP TABLE IF EXISTS batch_copy_ledger");
      await client.query(await sqlBlock('EXISTS "batch_copy_ledger"'));
      await client.query(await sqlBlock("ON CONFLICT DO NOTHING"));
      await client.query(await sqlBlock("PREPARE batch_copy_guard"));
      const [copy, guard] = (await sqlBlock("FROM STDIN")).trimEnd().split("\n");
      assert.match(copy!, /^COPY /);
      const unmoved = { code: "42704", message: /"batch_copy\.moved"/ };
      await client.query(guard!);
      assert.deepEqual(await positions(), [{ position: "1000" }]);
      await assert.rejects(client.query(guard!), unmoved);
      await client.query("UPDATE batch_copy_ledger SET position = 0");
      await client.query(await sqlBlock("= ANY (ARRAY"));
      await assert.rejects(client.query(guard!), unmoved);
      assert.deepEqual(await positions(), [{ position: "0" }]);
      await client.query(await sqlBlock("pg_advisory_xact_lock(1234567"));
      assert.deepEqual(await positions(), [{ position: "1000" }]);
    } finally {
      client.release(true);
    }
  });

  it("finds sources that should have moved", async () => {
    const query = (await sqlBlock("interval '5 minutes'")).replace(
      "app.ledger",
      "batch_copy_ledger",
    );
    const client = await db.pool.connect();
    try {
      await client.query(`SET search_path = ${db.schema}; DROP TABLE IF EXISTS batch_copy_ledger`);
      await client.query(ledgerDdl());
      await client.query(
        `INSERT INTO batch_copy_ledger
           SELECT source, gen_random_uuid(), gen_random_uuid(), 7, now() - age * interval '1 minute'
           FROM (VALUES ('late', 6), ('fresh', 1), ('lane/1', 6)) AS t (source, age)`,
      );
      const { rows } = await client.query<{ source: string }>(query);
      assert.deepEqual(
        rows.map(({ source }) => source),
        ["late"],
      );
    } finally {
      client.release(true);
    }
  });
});

describe("What happens when something fails", () => {
  const ledger = { table: `${db.schema}.ledger` };
  const orders = `${db.schema}.orders`;

  interface Order {
    readonly id: number;
    readonly item: string;
  }

  beforeEach(async () => {
    await db.pool.query(
      `DROP TABLE IF EXISTS ${orders}, ${ledger.table}, ${db.schema}.letters;
       CREATE TABLE ${orders} (id int NOT NULL, item text NOT NULL CHECK (item <> 'broken'))`,
    );
  });

  function connect(options: CopierOptions<Order> = {}): Promise<Copier<Order>> {
    return Copier.connect<Order>(orders, { databaseUrl, ledger, ...options });
  }

  async function ids(): Promise<number[]> {
    const rows = await db.rows<{ id: number }>(`SELECT id FROM ${orders} ORDER BY id`);
    return rows.map(({ id }) => id);
  }

  it("another call opens the source", async () => {
    await using copier = await connect();
    const lost: Error[] = [];
    const former = await copier.source("s", { start: 0, onLost: (error) => lost.push(error) });
    await former.send({ id: 0, item: "lamp" }, 0);
    await former.flush();
    await using source = await copier.source("s");
    await former.send({ id: 1, item: "of the former owner" }, 1);
    await copier.send({ id: 2, item: "of no source" });
    await source.send({ id: 3, item: "of the owner" }, 1);
    await copier.flush();
    await assert.rejects(former.flush(), FencedError);
    await assert.rejects(former.send({ id: 4, item: "lamp" }, 4), FencedError);
    assert.equal(lost.length, 1);
    await former.close();
    await source.flush();
    assert.deepEqual(await ids(), [0, 2, 3]);
    assert.equal(copier.stats.rowsRejected, 1);
  });

  it("the server forgets what it had confirmed", async () => {
    await using copier = await connect();
    await using source = await copier.source("s", { start: 0, onLost() {} });
    await source.send({ id: 0, item: "lamp" }, 0);
    await source.flush();
    await copier.insert({ id: 100, item: "of no source" });
    await db.pool.query(`TRUNCATE ${orders}; UPDATE ${ledger.table} SET position = 0`);
    await source.send({ id: 1, item: "lamp" }, 1);
    await assert.rejects(source.flush(), (error) => {
      assert.ok(error instanceof RewoundError);
      assert.deepEqual([error.position, error.committed], [0n, 1n]);
      return true;
    });
    assert.equal((await copier.source("s")).position, 0n);
    await copier.insert({ id: 101, item: "of no source" });
    assert.equal(copier.stats.rowsForgotten, 1);
    assert.deepEqual(await ids(), [101]);
  });

  it("somebody removes the source from the ledger", async () => {
    await using copier = await connect();
    await using source = await copier.source("s", { start: 0, onLost() {} });
    await copier.insert({ id: 0, item: "of no source" });
    assert.ok(await forgetSource(db.pool, "s", ledger));
    await source.send({ id: 1, item: "lamp" }, 0);
    await assert.rejects(source.flush(), (error) => {
      assert.ok(error instanceof OutcomeUnknownError);
      assert.equal(error.source, "s");
      return true;
    });
    await assert.rejects(copier.source("s"), { code: "SOURCE_UNKNOWN" });
    await db.pool.query(`TRUNCATE ${ledger.table}`);
    await copier.insert({ id: 2, item: "of no source" });
    assert.deepEqual(await ids(), [0, 2]);
  });

  it("the ledger is dropped", async () => {
    await using copier = await connect({ retry: { maxDelayMs: 200 } });
    await copier.insert({ id: 0, item: "lamp" });
    await db.pool.query(`DROP TABLE ${ledger.table}`);
    const warned = new Promise<Error>((resolve) => {
      process.once("warning", resolve);
    });
    await copier.send({ id: 1, item: "lamp" });
    assert.match(
      (await warned).message,
      /rows are kept and sent again until this is fixed: .*ledger/,
    );
    await db.pool.query(ledgerDdl(ledger.table));
    await copier.flush();
    assert.deepEqual(await ids(), [0, 1]);
  });

  it("retry.timeoutMs is over", async () => {
    await using copier = await connect({ retry: { timeoutMs: 300 } });
    await using source = await copier.source("s", { start: 0 });
    await db.pool.query(`ALTER TABLE ${orders} RENAME TO away`);
    await source.send({ id: 0, item: "lamp" }, 0);
    await assert.rejects(source.flush(), (error) => {
      assert.ok(error instanceof UndeliveredError);
      assert.deepEqual(error.rows, []);
      return true;
    });
    assert.equal(source.position, 0n);
    await db.pool.query(`ALTER TABLE ${db.schema}.away RENAME TO orders`);
  });

  it("close() gives up", async () => {
    const copier = await connect();
    const source = await copier.source("s", { start: 0, onLost() {} });
    const locker = await db.pool.connect();
    await locker.query(`BEGIN; LOCK TABLE ${orders}`);
    await source.send({ id: 0, item: "lamp" }, 0);
    await copier.send({ id: 1, item: "of no source" });
    await assert.rejects(copier.close({ timeoutMs: 300 }), (error) => {
      assert.ok(error instanceof UndeliveredError);
      const inDoubt = error.inDoubt.flatMap(({ rows }) => rows);
      assert.deepEqual([error.rows, inDoubt], [[], [{ id: 1, item: "of no source" }]]);
      return true;
    });
    await locker.query("COMMIT");
    locker.release();
  });

  it("a row is rejected, and nobody takes it", async () => {
    await using copier = await connect();
    const source = await copier.source("s", { start: 0 });
    await source.send({ id: 0, item: "lamp" }, 0);
    await source.send({ id: 1, item: "broken" }, 5);
    await source.send({ id: 2, item: "lamp" }, 6);
    await assert.rejects(source.flush(), (error) => {
      assert.ok(error instanceof RowsRejectedError);
      assert.deepEqual(error.rejections[0]!.row, { id: 1, item: "broken" });
      return true;
    });
    assert.deepEqual([source.position, await ids()], [1n, [0]]);
    await using again = await copier.source("s");
    await again.send({ id: 2, item: "lamp" }, 6);
    await again.flush();
    assert.deepEqual([again.position, await ids()], [7n, [0, 2]]);
  });

  it("a unit is rejected as a whole, and its position passed when onReject has its rows", async () => {
    const rejected: number[] = [];
    const positions: bigint[] = [];
    await using copier = await connect({
      async onReject({ row }) {
        rejected.push(row.id);
        const entries = await readLedger(db.pool, ledger);
        positions.push(entries.find((each) => each.source === "s")!.position);
      },
    });
    await using source = await copier.source("s", { start: 0 });
    await source.send({ id: 0, item: "lamp" }, 0);
    const items = ["lamp", "broken", "lamp"];
    await source.sendMany(
      items.map((item, index) => ({ id: index + 1, item })),
      1,
    );
    await source.send({ id: 4, item: "lamp" }, 2);
    await source.flush();
    assert.deepEqual(
      [rejected, await ids()],
      [
        [1, 2, 3],
        [0, 4],
      ],
    );
    assert.deepEqual(positions, [1n, 1n, 1n]);
    assert.equal(source.position, 3n);
  });

  it("a row is rejected, and becomes a letter when its position is passed", async () => {
    await using copier = await connect({ deadLetters: `${db.schema}.letters` });
    await using source = await copier.source("s", { start: 0 });
    await source.send({ id: 1, item: "broken" }, 0);
    await source.flush();
    assert.equal(source.position, 1n);
    const letters = await db.rows(`SELECT "row"->>'id' AS id FROM ${db.schema}.letters`);
    assert.deepEqual(letters, [{ id: "1" }]);
  });
});

describe("Exactly once", () => {
  const ledger = { table: `${db.schema}.ledger` };

  it("says what a DBA sees", async () => {
    const sessions = (): Promise<{ application_name: string }[]> =>
      db.rows(
        `SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'batch-copy/%'`,
      );
    const { name, copier } = await db.openCopier({ ledger, maxBatchRows: 2 });
    await copier.insert({ id: 1, note: "lane" });
    const [lane] = await readLedger(db.pool, ledger);
    assert.match(lane!.source, /^lane\/[\da-f-]{36}$/);
    assert.ok(lane!.isConnected);
    assert.ok((await sessions()).some((each) => each.application_name.endsWith(lane!.session)));

    await db.pool.query(
      `CREATE FUNCTION ${db.schema}.slow() RETURNS trigger LANGUAGE plpgsql
         AS 'BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END';
       CREATE TRIGGER slow AFTER INSERT ON ${db.schema}.${name} EXECUTE FUNCTION ${db.schema}.slow()`,
    );
    const source = await copier.source("s", { start: 0 });
    for (let id = 0; id < 10; id++) await source.send({ id, note: "chained" }, id);
    await eventually(async () => {
      const locks = await db.rows<{ objsubid: number }>(
        "SELECT objsubid FROM pg_locks WHERE locktype = 'advisory'",
      );
      // The second number says that a lock has two numbers.
      return locks.some(({ objsubid }) => objsubid === 2);
    }, "two batches are written at a time");
    await source.close();
    await copier.close();
    const left = await readLedger(db.pool, ledger);
    assert.deepEqual(
      left.map((entry) => [entry.source, entry.position]),
      [["s", 10n]],
    );
  });

  it("says that sessions have a prepared statement, which may be discarded", async () => {
    const pool = new Pool({ connectionString: databaseUrl, max: 1 });
    const definition = await db.create("prepared", { id: int4 });
    const copier = await Copier.connect(definition, { ledger, pool });
    await copier.insert({ id: 1 });
    const { rows } = await pool.query<{ name: string }>("SELECT name FROM pg_prepared_statements");
    assert.match(rows.map((each) => each.name).join(), /^batch_copy_guard_[\da-f]{12}$/);
    await pool.query("DISCARD ALL");
    await copier.insert({ id: 2 });
    await copier.close();
    await pool.end();
    assert.deepEqual(await db.rows(`SELECT count(*)::int FROM ${db.schema}.prepared`), [
      { count: 2 },
    ]);
  });

  it("says that flush() of the copier waits for rows of a source, whose calls tell of errors", async () => {
    const { name, copier } = await db.openCopier({ ledger });
    const source = await copier.source("told", { start: 0 });
    await source.send({ id: 1, note: "written" }, 0);
    await copier.flush();
    assert.deepEqual(await db.rows(`SELECT id FROM ${db.schema}.${name}`), [{ id: 1 }]);
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD CHECK (id < 2)`);
    await source.send({ id: 2, note: "rejected" }, 1);
    await copier.flush();
    await assert.rejects(source.close(), RowsRejectedError);
    await copier.close();
  });

  it("says where it ends", async () => {
    const unlogged = await db.openCopier({ ledger });
    await db.pool.query(`ALTER TABLE ${db.schema}.${unlogged.name} SET UNLOGGED`);
    await assert.rejects(unlogged.copier.source("s", { start: 0 }), SchemaMismatchError);
    await unlogged.copier.insert({ id: 1, note: "accepted" });
    await unlogged.copier.close();
    const isReserved = { code: "INVALID_OPTION" } satisfies Partial<BatchCopyError>;
    for (const name of ["lane/x", "spool/x"]) {
      await assert.rejects(unlogged.copier.source(name, { start: 0 }), isReserved);
    }
    await assert.rejects(db.openCopier({ ledger, onInDoubt: "reject" }), isReserved);
  });

  it("says what sources of a group share, and what statistics count", async () => {
    const [left, right] = [`${db.schema}.left_side`, `${db.schema}.right_side`];
    await db.pool.query(`CREATE TABLE ${left} (id int); CREATE TABLE ${right} (id int)`);
    await using group = await CopierGroup.connect({ databaseUrl, ledger, flushIntervalMs: 5 });
    const [lefts, rights] = [
      await group.copier<{ id: number }>(left),
      await group.copier<{ id: number }>(right),
    ];
    await using one = await group.source("one", { start: 0 });
    await using other = await group.source("other", { start: 0 });
    await one.send(lefts, { id: 1 }, 0);
    await one.flush();

    const release = await lockTable(db.pool, left);
    await one.send(lefts, { id: 2 }, 1);
    await other.send(rights, { id: 3 }, 0);
    await group.insert(right, { id: 4 });
    await sleep(200);
    const meanwhile = await db.rows(`SELECT id FROM ${right}`);
    await release();
    assert.deepEqual(meanwhile, [{ id: 4 }]);
    await lefts.flush();
    await rights.flush();
    assert.deepEqual([one.position, other.position], [2n, 1n]);

    const ofLeft = group.stats.tables.get(lefts.table)!;
    assert.deepEqual([ofLeft.rowsCommitted, ofLeft.batchesCommitted], [2, 0]);
    assert.ok(group.stats.batchesCommitted >= 3);
  });

  it("says at which level its transactions run", async () => {
    await db.pool.query(
      `CREATE TABLE ${db.schema}.levels (id int, level text DEFAULT current_setting('transaction_isolation'))`,
    );
    const options = "-c default_transaction_isolation=serializable";
    await using copier = await Copier.connect<{ id: number }>(`${db.schema}.levels`, {
      connection: { connectionString: databaseUrl, options },
      columns: ["id"],
      ledger,
    });
    await copier.insert({ id: 1 });
    assert.deepEqual(await db.rows(`SELECT level FROM ${db.schema}.levels`), [
      { level: "read committed" },
    ]);
  });
});

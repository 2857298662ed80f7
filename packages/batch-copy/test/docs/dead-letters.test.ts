import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { letterTableDdl } from "../../dist/dead-letters/letter-ddl.js";
import { Copier, resendDeadLetters, RowRejectedError, TimeoutError } from "../../dist/index.js";
import { compile } from "../helpers/compile.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { codeBlocks, readDocument } from "../helpers/documents.js";

const run = promisify(execFile);
const PAGE = "docs/dead-letters.md";
/** Inside the package, so that `batch-copy` resolves as it does for users. */
const workFolder = fileURLToPath(new URL("../../dist-test/documented/letters", import.meta.url));

const db = useDatabase();

interface Order {
  readonly id: number;
  readonly customer_id: number;
  readonly total: string;
}

describe("Dead letters", () => {
  const deadLetters = `${db.schema}.rejected_rows`;

  before(async () => {
    const [ddl] = await codeBlocks(PAGE, "sql");
    await db.pool.query(`SET search_path = ${db.schema}; ${ddl}; RESET search_path`);
    await compile(workFolder, await codeBlocks(PAGE, "ts"));
  });

  function connect(): Promise<Copier<Order>> {
    return Copier.connect<Order>(`${db.schema}.orders`, { databaseUrl, deadLetters });
  }

  it("begins with code that works, and prints what its comments say", async () => {
    const { stdout } = await run(process.execPath, [join(workFolder, "0.js")], {
      env: { ...process.env, DATABASE_URL: databaseUrl, PGOPTIONS: `-c search_path=${db.schema}` },
      timeout: 20_000,
    });
    const [code] = await codeBlocks(PAGE, "ts");
    const said = Array.from(code!.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm), ([, text]) => text);
    assert.deepEqual(stdout.trimEnd().split("\n"), said);
    assert.deepEqual(await db.rows(`SELECT id FROM ${db.schema}.orders ORDER BY 1`), [
      { id: 10 },
      { id: 11 },
    ]);
  });

  it("has the DDL of the table", async () => {
    const blocks = await codeBlocks(PAGE, "sql");
    assert.ok(blocks.includes(`${letterTableDdl('"rejected_rows"')}\n`));
  });

  it("has queries that show letters as rows, correct them and delete old ones", async () => {
    const statements = (await codeBlocks(PAGE, "sql")).at(-1)!.split(/(?<=;)\n\n/);
    assert.equal(statements.length, 4);
    const [counts, asRows, correct, deleteOld] = statements as [string, string, string, string];
    const client = await db.pool.connect();
    await using copier = await connect();
    try {
      await client.query(`SET search_path = ${db.schema}`);
      await copier.send({ id: 20, customer_id: 2, total: "1.00" });
      await copier.flush();
      await copier.send({ id: 21, customer_id: 3, total: "2.00" });
      await client.query(
        "DELETE FROM orders WHERE customer_id = 2; DELETE FROM customers WHERE id = 2",
      );
      await copier.send({ id: 22, customer_id: 2, total: "3.00" });
      await copier.flush();
      const counted = (await client.query<{ count: string }>(counts)).rows;
      assert.deepEqual(
        counted.map(({ count }) => count),
        ["2"],
      );
      const shown = (await client.query<Order>(asRows)).rows;
      assert.deepEqual(
        shown.map(({ id, total }) => [id, total]),
        [
          [21, "2.00"],
          [22, "3.00"],
        ],
      );
      await client.query(correct);
      const { sent, refused } = await resendDeadLetters(copier);
      assert.equal(sent, 1);
      assert.deepEqual(
        refused.map(({ row }) => row["id"]),
        ["21"],
      );
      assert.ok(refused[0]!.error instanceof RowRejectedError);
      await client.query(deleteOld);
      assert.equal((await db.rows(`SELECT FROM ${deadLetters}`)).length, 1);
      await client.query(`UPDATE rejected_rows SET at = at - interval '31 days'`);
      await client.query(deleteOld);
      assert.equal((await db.rows(`SELECT FROM ${deadLetters}`)).length, 0);
    } finally {
      await client.query("RESET search_path");
      client.release();
    }
  });

  it("says what becomes of a row of insert()", async () => {
    await using copier = await connect();
    const unknown = { customer_id: 99, total: "1.00" };
    await assert.rejects(copier.insert({ id: 30, ...unknown }), RowRejectedError);
    assert.deepEqual(await db.rows(`SELECT FROM ${deadLetters}`), []);
    const locker = await db.pool.connect();
    await locker.query(`BEGIN; LOCK TABLE ${db.schema}.orders`);
    await assert.rejects(copier.insert({ id: 31, ...unknown }, { timeoutMs: 200 }), TimeoutError);
    await locker.query("COMMIT");
    locker.release();
    await copier.flush();
    const kept = await db.rows<{ id: string }>(`SELECT "row"->>'id' AS id FROM ${deadLetters}`);
    assert.deepEqual(kept, [{ id: "31" }]);
  });

  it("says that a letter replaces a newer row, unless the rule has a condition", async () => {
    const name = `${db.schema}.devices`;
    await db.pool.query(
      `CREATE TABLE ${name} (id int PRIMARY KEY, version int CHECK (version <> 1))`,
    );
    const open = (where?: string) =>
      Copier.connect<{ id: number; version: number }>(name, {
        databaseUrl,
        deadLetters,
        onConflict: { update: "all", where },
      });
    const page = await readDocument(PAGE);
    assert.match(page, /`update: "all"` it replaces a newer row/);
    for (const [where, version] of [
      [undefined, 1],
      ["excluded.version > devices.version", 2],
    ] as const) {
      await using copier = await open(where);
      await copier.sendMany([1, 2].map((sent) => ({ id: 1, version: sent })));
      await copier.flush();
      await db.pool.query(`ALTER TABLE ${name} DROP CONSTRAINT devices_version_check`);
      assert.deepEqual(await resendDeadLetters(copier), { sent: 1, refused: [] });
      assert.deepEqual(await db.rows(`SELECT version FROM ${name}`), [{ version }]);
      await db.pool.query(
        `TRUNCATE ${name}; ALTER TABLE ${name} ADD CONSTRAINT devices_version_check CHECK (version <> 1)`,
      );
    }
  });
});

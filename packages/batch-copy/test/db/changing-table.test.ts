import assert from "node:assert/strict";
import { describe, it } from "node:test";

import {
  compositeOf,
  Copier,
  EncodeError,
  int4,
  table,
  text,
  type CopierOptions,
} from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { FaultProxy } from "../helpers/fault/fault-proxy.js";

const db = useDatabase();
type Row = Record<string, unknown>;

let tables = 0;

/** A table of these columns, its name, and a copier that took them from the catalog. */
async function open(
  columns: string,
  options: CopierOptions<Row> = {},
): Promise<{ name: string; copier: Copier<Row> }> {
  const name = `${db.schema}.changing_${tables++}`;
  await db.pool.query(`CREATE TABLE ${name} (${columns})`);
  const copier = await Copier.connect<Row>(name, { databaseUrl: db.url, ...options });
  return { name, copier };
}

/** Types of which a migration raises a limit, with a value that fits only afterwards. */
const LIMITS: readonly (readonly [from: string, to: string, value: unknown, stored: string])[] = [
  ["varchar(3)", "varchar(20)", "abcdef", "abcdef"],
  ["char(3)", "char(6)", "abcdef", "abcdef"],
  ["numeric(5, 2)", "numeric(8, 3)", "1234.125", "1234.125"],
  ["numeric(5, 2)", "numeric", "1e10", "10000000000"],
  ["bit(3)", "bit(4) USING v::bit(4)", "1010", "1010"],
  ["varbit(3)", "varbit(8)", "101010", "101010"],
  ["timestamp(0)", "timestamp(3)", "2026-01-01T00:00:00.125", "2026-01-01 00:00:00.125"],
  ["time(0)", "time", "01:02:03.5", "01:02:03.5"],
  ["interval day", "interval", "1 hour", "01:00:00"],
  ["varchar(3)[]", "varchar(9)[]", ["abcdef"], "{abcdef}"],
];

describe("a migration under a copier that took its columns from the catalog", () => {
  for (const [from, to, value, stored] of LIMITS) {
    it(`lets values in that fit after ${from} has become ${to}`, async () => {
      const { name, copier } = await open(`v ${from}`);
      await assert.rejects(copier.insert({ v: value }), EncodeError);
      await db.pool.query(`ALTER TABLE ${name} ALTER v TYPE ${to}`);
      await eventually(async () => {
        return copier.insert({ v: value }).then(
          () => true,
          () => false,
        );
      }, "the row is committed");
      await copier.close();
      assert.deepEqual(await db.rows(`SELECT v::text FROM ${name}`), [{ v: stored }]);
    });
  }

  it("lets new labels in, by send(), sendMany() and insert(), at the first row", async () => {
    const type = `${db.schema}.state_of_job`;
    await db.pool.query(`CREATE TYPE ${type} AS ENUM ('new')`);
    for (const send of ["send", "sendMany", "asyncMany", "insert"] as const) {
      const { name, copier } = await open(`id int, state ${type}`);
      await copier.insert({ id: 0, state: "new" });
      await db.pool.query(`ALTER TYPE ${type} ADD VALUE '${send}'`);
      const rows = [1, 2, 3].map((id) => ({ id, state: send }));
      if (send === "sendMany") {
        assert.equal(await copier.sendMany(rows), 3);
      } else if (send === "asyncMany") {
        assert.equal(await copier.sendMany(generate(rows)), 3);
      } else {
        await Promise.all(rows.map((row) => copier[send](row)));
      }
      await copier.close();
      const [found] = await db.rows<{ n: number }>(
        `SELECT count(*)::int AS n FROM ${name} WHERE state = '${send}'`,
      );
      assert.equal(found!.n, 3, send);
    }
  });

  it("lets NULL in after DROP NOT NULL", async () => {
    const { name, copier } = await open("id int, note text NOT NULL");
    await copier.insert({ id: 0, note: "" });
    await db.pool.query(`ALTER TABLE ${name} ALTER note DROP NOT NULL`);
    await copier.insert({ id: 1, note: null });
    await copier.close();
  });

  it("writes the row as it was at the call", async () => {
    const { name, copier } = await open("v varchar(3)");
    await db.pool.query(`ALTER TABLE ${name} ALTER v TYPE varchar(20)`);
    const row = { v: "at the call" };
    const sent = copier.send(row);
    row.v = "afterwards";
    await sent;
    await copier.close();
    assert.deepEqual(await db.rows(`SELECT v FROM ${name}`), [{ v: "at the call" }]);
  });

  it("asks the catalog once a second at most, and rejects other invalid rows at once", async () => {
    const { name, copier } = await open("v varchar(3)");
    await assert.rejects(copier.insert({ v: "too long" }), EncodeError);
    await db.pool.query(`ALTER TABLE ${name} ALTER v TYPE varchar(20)`);
    await assert.rejects(copier.insert({ v: "too long" }), EncodeError);
    await copier.close();
  });

  it("rejects an invalid row soon, also if the server does not answer", async () => {
    await using proxy = await FaultProxy.start();
    const { copier } = await open("v varchar(3)", { databaseUrl: proxy.url });
    await copier.insert({ v: "abc" });
    proxy.strike("stall");
    const startedAt = Date.now();
    await assert.rejects(copier.send({ v: "too long" }), EncodeError);
    assert.ok(Date.now() - startedAt < 1000);
    await copier.close({ timeoutMs: 10 });
  });

  it("encodes rows again that wait when a type changes", async () => {
    const { name, copier } = await open("id int, v int", {
      connections: 1,
      maxBufferedBytes: 1000,
      retry: { minDelayMs: 5, maxDelayMs: 20 },
    });
    const lock = await db.pool.connect();
    await lock.query(`BEGIN; LOCK TABLE ${name}`);
    const inserts = Array.from({ length: 200 }, (_, id) => copier.insert({ id, v: id }));
    await eventually(() => copier.stats.bytesWaiting > 0, "rows wait for room");
    await lock.query(`ALTER TABLE ${name} ALTER v TYPE bigint; COMMIT`);
    lock.release();
    await Promise.all(inserts);
    await copier.close();
    const [found] = await db.rows<{ n: number }>(
      `SELECT count(DISTINCT id)::int AS n FROM ${name} WHERE v = id`,
    );
    assert.equal(found!.n, 200);
  });

  it("keeps rows that do not fit any more, and hands them back as they were sent", async () => {
    const { name, copier } = await open("v bigint", {
      retry: { minDelayMs: 5, maxDelayMs: 20, timeoutMs: 300 },
    });
    await db.pool.query(`ALTER TABLE ${name} ALTER v TYPE int`);
    await assert.rejects(
      copier.insert({ v: 3_000_000_000n }),
      (error: Error & { cause: Error }) => {
        assert.equal((error as { code?: string }).code, "UNDELIVERED");
        assert.match(error.cause.message, /column "v": expected an integer, got 3000000000n/);
        return true;
      },
    );
    await copier.insert({ v: 3 });
    await copier.close();
  });

  it("of a dropped column keeps the rows, with a warning", async () => {
    const { name, copier } = await open("id int, v int", {
      retry: { minDelayMs: 5, maxDelayMs: 20 },
    });
    await db.pool.query(`ALTER TABLE ${name} DROP v`);
    const insert = copier.insert({ id: 1, v: 1 });
    await eventually(() => copier.stats.retries > 2, "it was tried again");
    await db.pool.query(`ALTER TABLE ${name} ADD v int`);
    await insert;
    await copier.close();
  });
});

describe("a composite type that gets an attribute", () => {
  it("takes rows without it, by name and by definition, also those that wait", async () => {
    const type = `${db.schema}.place`;
    await db.pool.query(`CREATE TYPE ${type} AS (street text)`);
    for (const how of ["name", "definition"] as const) {
      const name = `places_by_${how}`;
      await db.pool.query(
        `CREATE TABLE ${db.schema}.${name} (id int NOT NULL, at ${type} NOT NULL)`,
      );
      const definition = table(
        name,
        { id: int4, at: compositeOf("place", { street: text }, { schema: db.schema }) },
        { schema: db.schema },
      );
      const options: CopierOptions = {
        databaseUrl: db.url,
        retry: { minDelayMs: 5, maxDelayMs: 20 },
        maxBatchRows: 10,
      };
      const copier = await (how === "name"
        ? Copier.connect<{ id: number; at: object }>(`${db.schema}.${name}`, options)
        : Copier.connect(definition, options));
      await copier.insert({ id: 0, at: { street: "a" } });
      await db.pool.query(`ALTER TYPE ${type} ADD ATTRIBUTE by_${how} text`);
      const rows = Array.from({ length: 50 }, (_, n) => ({ id: n + 1, at: { street: "b" } }));
      await Promise.all(rows.map((row) => copier.insert(row)));
      if (how === "name") {
        await (copier as Copier<{ id: number; at: object }>).insert({
          id: 51,
          at: { street: "c", [`by_${how}`]: "new" },
        });
      }
      await copier.close();
      const [found] = await db.rows<{ n: number; added: number }>(
        `SELECT count(DISTINCT id)::int AS n, count((at).by_${how})::int AS added FROM ${db.schema}.${name}`,
      );
      assert.deepEqual(found, how === "name" ? { n: 52, added: 1 } : { n: 51, added: 0 });
    }
  });
});

async function* generate(rows: readonly Row[]): AsyncGenerator<Row> {
  yield* rows;
}

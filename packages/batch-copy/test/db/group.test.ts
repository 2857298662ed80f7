import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Pool } from "pg";

import {
  ClosedError,
  CopierGroup,
  int4,
  RowRejectedError,
  RowsRejectedError,
  SchemaMismatchError,
  table,
  text,
  type Rejection,
  type UndeliveredError,
} from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { groupTables, lockTable } from "../helpers/group-tables.js";

const db = useDatabase();

const { connect, newTable, newTables, idsIn } = groupTables(db);

function asRow(id: number): { id: number; note: string } {
  return { id, note: `row ${id}` };
}

describe("a group", () => {
  it("writes to many tables over a few connections", async () => {
    const names = await newTables(20);
    await using group = await connect({ connections: 2 });
    for (let id = 0; id < 100; id++) {
      for (const name of names) {
        await group.send(name, asRow(id));
      }
    }
    await group.flush();
    for (const name of names) {
      assert.equal((await idsIn(name)).length, 100);
    }
    const { tables: byTable, ...sums } = group.stats;
    assert.equal(sums.rowsCommitted, 2000);
    assert.equal(sums.rowsBuffered, 0);
    assert.equal(byTable.size, 20);
    assert.equal(byTable.get(`"${db.schema}"."${names[0]!.split(".")[1]}"`)?.rowsCommitted, 100);
  });

  it("inserts, sends many and streams by the copiers of its tables", async () => {
    const [one, other] = await newTables(2);
    await using group = await connect();
    const copier = await group.copier<{ id: number; note: string }>(one!);
    await copier.insert(asRow(1));
    await copier.sendMany([asRow(2), asRow(3)]);
    await group.insert(other!, asRow(4));
    assert.deepEqual(await idsIn(other!), [4]);
    await copier.flush();
    assert.deepEqual(await idsIn(one!), [1, 2, 3]);
  });

  it("takes definitions, whose rows are typed", async () => {
    const definition = await db.create("defined", { id: int4, note: text.nullable() });
    await using group = await connect();
    await group.insert(definition, { id: 1 });
    const copier = await group.copier(definition);
    await copier.insert({ id: 2, note: "x" });
    // @ts-expect-error a row of another type
    await assert.rejects(group.insert(definition, { id: "x" }), { code: "ENCODE_FAILED" });
    assert.deepEqual(await idsIn(`${db.schema}.defined`), [1, 2]);
  });

  it("opens each table once, whatever its name was written like", async () => {
    const name = await newTable();
    const [schema, bare] = name.split(".");
    await using group = await connect();
    const copiers = await Promise.all([
      group.copier(name),
      group.copier(name),
      group.copier(`"${schema}"."${bare}"`),
    ]);
    assert.equal(new Set(copiers).size, 1);
    assert.equal(await group.copier(`"${schema}".${bare}`), copiers[0]);
  });

  it("writes to the table of the name, also when others were renamed or made again", async () => {
    const name = await newTable();
    const former = `${name}_old`;
    await using group = await connect();
    await group.insert(name, asRow(1));
    await db.pool.query(`ALTER TABLE ${name} RENAME TO ${former.split(".")[1]}`);
    await db.pool.query(`CREATE TABLE ${name} (LIKE ${former})`);
    await group.insert(former, asRow(2));
    await group.insert(name, asRow(3));
    assert.deepEqual([await idsIn(former), await idsIn(name)], [[1, 2], [3]]);
    await db.pool.query(`DROP TABLE ${name}; CREATE TABLE ${name} (LIKE ${former})`);
    const [schema, bare] = name.split(".");
    const again = await group.copier(`"${schema}".${bare}`);
    assert.equal(again, await group.copier(name), "it is open once");
    await again.insert(asRow(4));
    assert.equal(group.stats.rowsCommitted, 4);
    assert.equal(group.stats.tables.size, 2);
  });

  it("refuses another definition and other options for a table that is open", async () => {
    const definition = await db.create("open_once", { id: int4, note: text.nullable() });
    const name = `${db.schema}.open_once`;
    await using group = await connect();
    const onReject = (): void => {};
    const copier = await group.copier(definition, { onReject, maxBatchRows: 10 });
    assert.equal(await group.copier(definition), copier);
    assert.equal(await group.copier(definition, { maxBatchRows: 10, onReject }), copier);
    assert.equal(await group.copier(name), copier);
    const alreadyOpen = { code: "ALREADY_OPEN", message: /"open_once" is open with other options/ };
    await assert.rejects(group.copier(definition, { maxBatchRows: 11, onReject }), alreadyOpen);
    await assert.rejects(group.copier(definition, { onReject }), alreadyOpen);
    await assert.rejects(group.copier(name, { columns: ["id"] }), alreadyOpen);
    const other = table("open_once", { id: int4 }, { schema: db.schema });
    await assert.rejects(group.copier(other), {
      code: "ALREADY_OPEN",
      message: /another definition/,
    });
  });

  it("checks the options of a table as well", async () => {
    const name = await newTable();
    await using group = await connect();
    const invalid = { code: "INVALID_OPTION" };
    const wrong = (options: object): Promise<unknown> => group.copier(name, options);
    await assert.rejects(wrong({ connections: 3 }), { ...invalid, message: /option of the group/ });
    await assert.rejects(wrong({ maxRows: 3 }), { ...invalid, message: /maxBatchRows/ });
    await assert.rejects(wrong({ maxBatchRows: 0 }), invalid);
    await assert.rejects(connect({ names: { id: "ID" } } as object), {
      ...invalid,
      message: /names of a group must be "snake_case"/,
    });
    await assert.rejects(connect({ columns: ["id"] } as object), {
      ...invalid,
      message: /columns is an option of a table/,
    });
    await group.copier(name);
    await assert.rejects(wrong({ maxBatchRows: 0 }), invalid);
  });

  it("closes a table by its copier, and opens it again", async () => {
    const name = await newTable();
    await using group = await connect();
    await group.send(name, asRow(1));
    const first = await group.copier(name);
    const closing = first.close();
    await group.insert(name, asRow(2));
    await closing;
    assert.deepEqual(await idsIn(name), [1, 2]);
    assert.notEqual(await group.copier(name), first);
    await assert.rejects(first.send({}), ClosedError);
    assert.equal(group.stats.rowsCommitted, 2, "with what the closed copier wrote");
    assert.equal(group.stats.tables.size, 1);
  });

  it("keeps the order of the rows that wait until their table is open", async () => {
    const definition = await db.create("ordered", { id: int4, note: text.nullable() });
    await db.pool.query(`ALTER TABLE ${db.schema}.ordered ADD n serial`);
    await using group = await connect({ connections: 1 });
    const row = asRow(0);
    const sent: Promise<void>[] = [];
    for (let id = 0; id < 100; id++) {
      row.id = id;
      sent.push(group.send(definition, row));
    }
    // Callers that hear first that the table is open do not overtake those that wait.
    const later = group.copier(definition).then(() => group.send(definition, asRow(100)));
    await Promise.all([...sent, later]);
    await group.flush();
    const sql = `SELECT id FROM ${db.schema}.ordered ORDER BY n`;
    const ordered = await db.rows<{ id: number }>(sql);
    assert.deepEqual(
      ordered.map(({ id }) => id),
      Array.from({ length: 101 }, (_, id) => id),
    );
  });

  it("rejects, and does not throw, for a row that cannot be read", async () => {
    const name = await newTable();
    await using group = await connect();
    const row = {
      get id(): number {
        throw new Error("of the getter");
      },
    };
    await assert.rejects(group.send(name, row), /of the getter/);
    await group.copier(name);
    await assert.rejects(group.send(name, row), { code: "ENCODE_FAILED" }, "the table is open");
  });

  it("lets a signal end the wait until a table is open, and does not send the row", async () => {
    const name = await newTable();
    const pool = new Pool({ connectionString: db.url, max: 1 });
    await using group = await CopierGroup.connect({ pool, connections: 1 });
    const client = await pool.connect();
    const controller = new AbortController();
    const { signal } = controller;
    const calls = [
      group.send(name, asRow(1), { signal }),
      group.insert(name, asRow(2), { signal }),
    ].map((call) => assert.rejects(call, /too late/));
    const sent = group.send(name, asRow(3));
    controller.abort(new Error("too late"));
    await Promise.all(calls);
    await assert.rejects(group.send(name, asRow(4), { signal }), /too late/);
    await assert.rejects(group.send(name, asRow(5), { signal: {} as AbortSignal }), {
      code: "INVALID_OPTION",
    });
    client.release();
    await sent;
    await group.close();
    await pool.end();
    assert.deepEqual(await idsIn(name), [3]);
  });

  it("looks a missing table up once a second, not for each row", async () => {
    await using group = await connect();
    const name = `${db.schema}.appears_later`;
    for (let i = 0; i < 1000; i++) {
      await assert.rejects(group.send(name, asRow(i)), SchemaMismatchError);
    }
    await db.create("appears_later", { id: int4, note: text });
    await assert.rejects(group.insert(name, asRow(1)), SchemaMismatchError);
    await sleep(1050);
    await group.insert(name, asRow(1));
  });

  it("rejects rows of one table alone", async () => {
    const [good, bad] = await newTables(2);
    await db.pool.query(`ALTER TABLE ${bad} ADD CHECK (id <> 2)`);
    await using group = await connect();
    const results = await Promise.allSettled([
      group.insert(good!, asRow(1)),
      group.insert(bad!, asRow(2)),
      group.insert(bad!, asRow(3)),
      group.insert(good!, asRow(2)),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled", "fulfilled"],
    );
    assert.ok((results[1] as PromiseRejectedResult).reason instanceof RowRejectedError);
  });

  it("passes rejected rows to the onReject of the table, or else to that of the group", async () => {
    const [one, other] = await newTables(2);
    for (const name of [one, other]) {
      await db.pool.query(`ALTER TABLE ${name} ADD CHECK (id < 0)`);
    }
    const ofGroup: Rejection[] = [];
    const ofTable: Rejection[] = [];
    await using group = await connect({ onReject: (rejection) => void ofGroup.push(rejection) });
    await group.copier(other!, { onReject: (rejection) => void ofTable.push(rejection) });
    await group.send(one!, asRow(1));
    await group.send(other!, asRow(2));
    await group.flush();
    const summary = (list: Rejection[]): unknown => {
      return list.map((rejection) => [rejection.table, rejection.row]);
    };
    const quoted = (name: string): string => name.replace(/([^.]+)\.(.+)/, '"$1"."$2"');
    assert.deepEqual(summary(ofGroup), [[quoted(one!), asRow(1)]]);
    assert.deepEqual(summary(ofTable), [[quoted(other!), asRow(2)]]);
  });

  it("runs onReject in the async context of connect(), whoever opened the table", async () => {
    const name = await newTable();
    await db.pool.query(`ALTER TABLE ${name} ADD CHECK (id < 0)`);
    const request = new AsyncLocalStorage<string>();
    const contexts: unknown[] = [];
    const onReject = (): void => void contexts.push(request.getStore());
    await using group = await request.run("connect", () => connect({ onReject }));
    await request.run("first", () => group.send(name, asRow(1)));
    await group.flush();
    await request.run("second", () => group.send(name, asRow(2)));
    await group.flush();
    assert.deepEqual(contexts, ["connect", "connect"]);
  });

  it("has four connections, if it is not said otherwise", async () => {
    const names = await newTables(6);
    await using group = await connect();
    await Promise.all(names.map((name) => group.copier(name)));
    await db.pool.query(`CREATE FUNCTION ${db.schema}.rest() RETURNS trigger LANGUAGE plpgsql
      AS 'BEGIN PERFORM pg_sleep(0.5); RETURN NEW; END'`);
    for (const name of names) {
      await db.pool.query(`CREATE TRIGGER slow BEFORE INSERT ON ${name} FOR EACH ROW
        EXECUTE FUNCTION ${db.schema}.rest()`);
    }
    const inserts = names.map((name) => group.insert(name, asRow(1)));
    const sql = `SELECT count(*)::int FROM pg_stat_activity
      WHERE query LIKE '%COPY "${db.schema}".%' AND wait_event = 'PgSleep'`;
    let most = 0;
    await eventually(async () => {
      most = Math.max(most, (await db.rows<{ count: number }>(sql))[0]!.count);
      return most >= 4;
    }, "four COPYs run");
    await Promise.all(inserts);
    assert.equal(most, 4);
  });

  it("reports the rejected rows of all tables by one flush()", async () => {
    const names = await newTables(3);
    for (const name of names) {
      await db.pool.query(`ALTER TABLE ${name} ADD CHECK (id < 0)`);
    }
    await using group = await connect();
    for (const name of names) {
      await group.send(name, asRow(1));
    }
    await assert.rejects(group.flush(), (error: RowsRejectedError) => {
      assert.ok(error instanceof RowsRejectedError);
      assert.equal(error.count, 3);
      assert.equal(new Set(error.rejections.map((rejection) => rejection.table)).size, 3);
      return true;
    });
    await group.flush();
  });

  it("lets onReject send to another table though the buffer is full, but not flush()", async () => {
    const [bad, dead] = await newTables(2);
    await db.pool.query(`ALTER TABLE ${bad} ADD CHECK (id < 0)`);
    const flushes: unknown[] = [];
    await using group = await connect({
      maxBufferedBytes: 1000,
      async onReject({ row }) {
        await group.send(dead!, { ...row, note: "x".repeat(500) });
        flushes.push(await group.flush().catch((error: Error) => error.message));
      },
    });
    for (let id = 1; id <= 50; id++) {
      await group.send(bad!, asRow(id));
    }
    await group.flush();
    // The first one does not cover what onReject sends meanwhile.
    await group.flush();
    assert.equal((await idsIn(dead!)).length, 50);
    assert.match(String(flushes[0]), /must not be called in onReject/);
  });

  it("refuses everything once it is closed, and closes what is being opened", async () => {
    const name = await newTable();
    const group = await connect();
    const opening = group.copier(name);
    const closing = group.close();
    await assert.rejects(opening, ClosedError);
    await closing;
    await assert.rejects(group.send(name, asRow(1)), ClosedError);
    await assert.rejects(group.insert(name, asRow(1)), ClosedError);
    await assert.rejects(group.copier(name), ClosedError);
    await group.close();
  });

  it("hands the rows of all tables back when close() gives up", async () => {
    const names = await newTables(2);
    const unlock = await Promise.all(names.map((name) => lockTable(db.pool, name)));
    const group = await connect();
    for (const [index, name] of names.entries()) {
      await group.copier(name, { columns: ["id"] }).catch(() => {});
      await group.send(name, { id: index });
    }
    await assert.rejects(group.close({ timeoutMs: 300 }), (error: UndeliveredError) => {
      assert.equal(error.code, "UNDELIVERED");
      assert.equal(error.count, 2);
      assert.equal(error.errors.length, 2);
      assert.deepEqual(
        error.errors.map((one) => [one.table?.includes("grouped"), one.rows.length]),
        [
          [true, 1],
          [true, 1],
        ],
      );
      return true;
    });
    await Promise.all(unlock.map((release) => release()));
  });

  it("keeps the connection of a temporary table when another table is refused", async () => {
    const name = await newTable();
    await db.pool.query(`
      CREATE FUNCTION ${db.schema}.refuse() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE 'refused' USING ERRCODE = 'XX000'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON ${name} FOR EACH ROW
        EXECUTE FUNCTION ${db.schema}.refuse()`);
    const pool = new Pool({ connectionString: db.url, max: 1, idleTimeoutMillis: 0 });
    await pool.query("CREATE TEMPORARY TABLE kept (id int4, note text)");
    const group = await CopierGroup.connect({ pool });
    await group.insert("kept", asRow(1));
    await assert.rejects(group.insert(name, asRow(1)), RowRejectedError);
    await group.insert("kept", asRow(2));
    await group.close();
    const { rowCount } = await pool.query("SELECT FROM kept");
    await pool.end();
    assert.equal(rowCount, 2);
  });

  it("fails to connect as a copier does", async () => {
    await assert.rejects(CopierGroup.connect({ databaseUrl: "postgres://127.0.0.1:1/x" }), {
      code: "CONNECT_FAILED",
    });
  });

  it("leaves the other tables alone when a column of one is dropped, and writes its rows later", async () => {
    const [changed, other] = await newTables(2);
    await using group = await connect({ retry: { maxDelayMs: 100 } });
    await group.insert(changed!, asRow(1));
    await db.pool.query(`ALTER TABLE ${changed} DROP note`);
    const held = group.insert(changed!, asRow(2));
    for (let id = 0; id < 20; id++) {
      await group.insert(other!, asRow(id));
    }
    await eventually(() => group.stats.retries > 0, "the rows of the changed table are retried");
    await db.pool.query(`ALTER TABLE ${changed} ADD note text`);
    await held;
    assert.deepEqual(await idsIn(changed!), [1, 2]);
  });
});

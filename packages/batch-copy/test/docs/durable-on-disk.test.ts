import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import {
  type BatchCopyError,
  Copier,
  CopierGroup,
  int4,
  readSpool,
  repairSpool,
  table,
  text,
  type CopierOptions,
  type Rejection,
} from "../../dist/index.js";
import { compile } from "../helpers/compile.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { codeBlocks } from "../helpers/documents.js";
import { eventually } from "../helpers/eventually.js";
import { lockTable } from "../helpers/group-tables.js";

const run = promisify(execFile);
const PAGE = "docs/durable-on-disk.md";
/** Inside the package, so that `batch-copy` resolves as it does for users. */
const workFolder = fileURLToPath(
  new URL("../../dist-test/documented/durable-on-disk", import.meta.url),
);
/** Nobody listens there. */
const AWAY = "postgres://nobody@127.0.0.1:1/nothing";
const REMEMBERED = ".tables";

const db = useDatabase();

/** Sends rows while the database is away, and ends by a signal. */
const KILLED = `
import { Copier, int8, table, text } from "batch-copy";
import { closeInTime } from "./CLOSE.js";

const events = table("events", { id: int8, kind: text });
const copier = await Copier.connect(events, {
  databaseUrl: "${AWAY}",
  spool: { directory: process.env["SPOOL_DIRECTORY"]! },
  deadLetters: "rejected_rows",
});
closeInTime(copier as unknown as Copier<{ id: bigint }>);
await copier.sendMany([{ id: 10n, kind: "left" }, { id: 11n, kind: "left" }]);
process.kill(process.pid, process.argv[2]);
`;

/** Watches a spool, then loses its stream. */
const WATCHED = `
import { rm } from "node:fs/promises";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Copier, int8, table } from "batch-copy";
import { record } from "./RECORD.js";
import { watch } from "./WATCH.js";

const directory = process.env["SPOOL_DIRECTORY"]!;
const copier = await Copier.connect(table("numbers", { id: int8 }), {
  spool: { directory },
  deadLetters: "rejected_rows",
});
clearInterval(watch(copier));
console.log(await record(copier, 1n));
await copier.flush();
for (const name of await readdir(directory)) {
  if (!name.startsWith(".")) await rm(join(directory, name), { recursive: true });
}
console.log(await record(copier, 2n));
while (!(await record(copier, 3n)));
await copier.flush();
await copier.close();
`;

const events = table("events", { id: int4, kind: text }, { schema: db.schema });
type Event = { id: number; kind: string };

const directories: string[] = [];
after(() => Promise.all(directories.map((path) => rm(path, { recursive: true, force: true }))));

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "spool-page-"));
  directories.push(directory);
  return directory;
}

/** What is in the directory of a spool, but for what is remembered of tables. */
async function streamsIn(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => name !== REMEMBERED);
}

async function sqlBlock(part: string): Promise<string> {
  const block = (await codeBlocks(PAGE, "sql")).find((each) => each.includes(part));
  assert.ok(block !== undefined, part);
  return block;
}

async function warningsDuring(work: () => Promise<void>): Promise<string> {
  const messages: string[] = [];
  const note = ({ message }: Error): void => void messages.push(message);
  process.on("warning", note);
  try {
    await work();
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off("warning", note);
  }
  return messages.join("\n");
}

describe("the code of Durable on disk", () => {
  let directory: string;
  let blocks: string[];

  function runFile(name: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
    return run(process.execPath, [join(workFolder, name), ...args], {
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl,
        PGOPTIONS: `-c search_path=${db.schema}`,
        SPOOL_DIRECTORY: directory,
      },
      timeout: 20_000,
    });
  }

  function numberOf(part: string): string {
    return String(blocks.findIndex((block) => block.includes(part)));
  }

  before(async () => {
    blocks = await codeBlocks(PAGE, "ts");
    await compile(workFolder, blocks, {
      "killed.ts": KILLED.replace("CLOSE", numberOf("closeInTime")),
      "watched.ts": WATCHED.replace("RECORD", numberOf("SPOOL_FAILED")).replace(
        "WATCH",
        numberOf("setInterval"),
      ),
    });
  });

  beforeEach(async () => {
    directory = await newDirectory();
    await db.pool.query(
      `SET search_path = ${db.schema};
       DROP TABLE IF EXISTS events, numbers, batch_copy_ledger, rejected_rows;
       ${await sqlBlock("CREATE TABLE events")};
       CREATE TABLE numbers (id bigint NOT NULL);
       RESET search_path`,
    );
  });

  async function ids(): Promise<number[]> {
    const rows = await db.rows<{ id: number }>(
      `SELECT id::int FROM ${db.schema}.events ORDER BY id`,
    );
    return rows.map(({ id }) => id);
  }

  it("begins with a program whose directory is empty in the end", async () => {
    await runFile("0.js");
    assert.deepEqual(await ids(), [1, 2, 3]);
    assert.deepEqual(await streamsIn(directory), []);
    assert.deepEqual(
      await db.rows(`SELECT FROM ${db.schema}.batch_copy_ledger WHERE source LIKE 'spool/%'`),
      [],
    );
  });

  it("begins with a program that writes what a killed one has left", async () => {
    await assert.rejects(runFile("killed.js", "SIGKILL"), { signal: "SIGKILL" });
    assert.equal((await streamsIn(directory)).length, 1);
    await runFile("0.js");
    assert.deepEqual(await ids(), [1, 2, 3, 10, 11]);
    assert.deepEqual(await streamsIn(directory), []);
  });

  it(
    "closes in time when the database is away, and leaves the rows",
    { timeout: 30_000 },
    async () => {
      const { stderr } = await runFile("killed.js", "SIGTERM");
      assert.match(stderr, /2 rows are left/);
      await runFile("0.js");
      assert.deepEqual(await ids(), [1, 2, 3, 10, 11]);
    },
  );

  it("lists what is in the spool, and frees it", async () => {
    await assert.rejects(runFile("killed.js", "SIGKILL"), { signal: "SIGKILL" });
    const { stdout } = await runFile(`${numberOf("repairSpool(directory")}.js`);
    assert.match(stdout, /^[\da-f-]{36} dead \n"events" 2 20/);
  });

  it("tells a row that is not on disk, and watches the spool", async () => {
    const { stdout, stderr } = await runFile("watched.js");
    assert.equal(stdout, "true\nfalse\n");
    assert.match(stderr, new RegExp(`^${directory} \\S+ .*another process has taken`, "im"));
  });

  it("has SQL that lists what is written, and that says where to go on", async () => {
    await db.pool.query(`SET search_path = ${db.schema}`);
    const client = await db.pool.connect();
    try {
      const { ledgerDdl } = await import("../../dist/index.js");
      await client.query(`SET search_path = ${db.schema}; ${ledgerDdl()}`);
      await client.query(await sqlBlock("4200"));
      const { rows } = await client.query<{ position: string }>(await sqlBlock("AS age"));
      assert.deepEqual(
        rows.map(({ position }) => position),
        ["4200"],
      );
    } finally {
      client.release(true);
    }
  });
});

describe("Durable on disk, what happens when something fails", () => {
  const ledger = { table: `${db.schema}.page_ledger` };
  const deadLetters = `${db.schema}.page_letters`;
  let directory: string;
  let copiers: Copier<Event>[];

  beforeEach(async () => {
    directory = await newDirectory();
    copiers = [];
    await db.pool.query(
      `DROP TABLE IF EXISTS ${db.schema}.events, ${ledger.table}, ${deadLetters}; ${events.ddl};
       ALTER TABLE ${db.schema}.events ADD CHECK (kind <> 'broken')`,
    );
  });

  afterEach(() => Promise.all(copiers.map((copier) => copier.close({ timeoutMs: 2000 }))));

  async function connect(options: CopierOptions<Event> = {}): Promise<Copier<Event>> {
    const letters = options.onReject === undefined ? { deadLetters } : {};
    const { spool, ...others } = options;
    const copier = await Copier.connect(events, {
      databaseUrl,
      ledger,
      flushIntervalMs: 5,
      ...letters,
      spool: { ...spool, directory },
      ...others,
    });
    copiers.push(copier);
    return copier;
  }

  async function ids(): Promise<number[]> {
    const rows = await db.rows<{ id: number }>(`SELECT id FROM ${db.schema}.events ORDER BY id`);
    return rows.map(({ id }) => id);
  }

  /** Leaves these rows on disk, as a life that has ended. */
  async function leave(...rows: number[]): Promise<void> {
    const copier = await Copier.connect(events, {
      databaseUrl: AWAY,
      ledger,
      deadLetters,
      spool: { directory },
    });
    for (const id of rows) await copier.send({ id, kind: "left" });
    await copier.close({ timeoutMs: 0 });
  }

  it("a server has forgotten rows that are still on disk", async () => {
    const copier = await connect({ spool: { directory, retainMs: 60_000 } });
    await copier.sendMany([1, 2, 3, 4].map((id) => ({ id, kind: "kept" })));
    await copier.flush();
    const warnings = await warningsDuring(async () => {
      await db.pool.query(
        `DELETE FROM ${db.schema}.events WHERE id > 2;
         UPDATE ${ledger.table} SET position = 2 WHERE source LIKE 'spool/%'`,
      );
      await copier.send({ id: 5, kind: "next" });
      await copier.flush();
    });
    assert.match(warnings, /the server has lost rows/);
    assert.deepEqual(await ids(), [1, 2, 3, 4, 5]);
    await copier.close();
    assert.deepEqual(await streamsIn(directory), []);
  });

  it("maxBytes is reached: send waits, and goes on", async () => {
    const copier = await connect({ spool: { directory, maxBytes: 2 ** 20 } });
    const release = await lockTable(db.pool, `${db.schema}.events`);
    let sent = 0;
    const sending = (async () => {
      for (; sent < 200; sent++) await copier.send({ id: sent, kind: "x".repeat(10_000) });
    })();
    const warnings = await warningsDuring(async () => {
      await eventually(
        () => Promise.resolve((copier.stats.spool?.rows ?? 0) > 100),
        "the spool is full",
      );
      // The next row has no room.
      await sleep(1000);
    });
    assert.match(warnings, /has reached maxBytes/);
    assert.ok(sent < 110, `${sent}`);
    await release();
    await sending;
    await copier.flush();
    assert.equal((await ids()).length, 200);
  });

  it("a file is damaged: connect rejects, and the next one goes on without the stream", async () => {
    await leave(1, 2);
    const [stream] = await streamsIn(directory);
    const names = await readdir(join(directory, stream!));
    const segment = names.find((name) => name.startsWith("segment-"));
    const file = await open(join(directory, stream!, segment!), "r+");
    const { size } = await file.stat();
    // In the frame of the first row: that of the second one says that it was synced.
    await file.write(Buffer.from([0xff]), 0, 1, size - 80);
    await file.close();
    await assert.rejects(connect(), { code: "SPOOL_CORRUPT" });
    const copier = await connect();
    await copier.insert({ id: 3, kind: "new" });
    assert.deepEqual(await ids(), [3]);
    await copier.close();
    const [waiting] = await streamsIn(directory);
    assert.ok((await readdir(join(directory, waiting!))).some((name) => name.startsWith("stuck-")));
  });

  it("the ledger has forgotten a source, and goes on where it is told to", async () => {
    const copier = await connect();
    await copier.insert({ id: 1, kind: "written" });
    await db.pool.query(`DELETE FROM ${ledger.table} WHERE source LIKE 'spool/%'`);
    await copier.send({ id: 2, kind: "waits" });
    await copier.close({ timeoutMs: 100 });
    await (await connect()).close();
    const [stream] = await readSpool(directory);
    assert.match(stream!.obstacle!, /the ledger has forgotten the source/);
    assert.deepEqual(await ids(), [1]);
    const sql = (await sqlBlock("4200"))
      .replace("batch_copy_ledger", ledger.table)
      .replace(/spool\/[\da-f-]+/, `spool/${stream!.id}`)
      .replace("4200", "1");
    await db.pool.query(sql);
    await repairSpool(directory);
    await (await connect()).close();
    assert.deepEqual(await ids(), [1, 2]);
    assert.deepEqual(await streamsIn(directory), []);
  });

  it("the ledger has forgotten a source of an open copier, which goes on by itself", async () => {
    const copier = await connect();
    await copier.insert({ id: 1, kind: "written" });
    const { rows } = await db.pool.query<{ source: string }>(
      `DELETE FROM ${ledger.table} WHERE source LIKE 'spool/%' RETURNING source`,
    );
    await copier.send({ id: 2, kind: "waits" });
    const flushed = copier.flush();
    await db.pool.query(
      `INSERT INTO ${ledger.table} VALUES ($1, gen_random_uuid(), gen_random_uuid(), 1)`,
      [rows[0]!.source],
    );
    await flushed;
    assert.deepEqual(await ids(), [1, 2]);
  });

  it("a column has another type, and a row does not fit any more", async () => {
    await leave(1, 70_000);
    await db.pool.query(`ALTER TABLE ${db.schema}.events ALTER id TYPE smallint`);
    const copier = await Copier.connect<Event>(`${db.schema}.events`, {
      databaseUrl,
      ledger,
      deadLetters,
      spool: { directory },
    });
    await copier.flush();
    await copier.close();
    assert.deepEqual(await ids(), [1]);
    const letters = await db.rows(`SELECT "row"->>'id' AS id, source, code FROM ${deadLetters}`);
    assert.equal(letters.length, 1);
    assert.match(
      JSON.stringify(letters),
      /"id":"70000","source":"spool\/.*","code":"ENCODE_FAILED"/,
    );
  });

  it("onReject throws: the row is passed to it again, before those behind it", async () => {
    let isBroken = true;
    const rejected: number[] = [];
    const onReject = ({ row }: Rejection<Event>): void => {
      if (isBroken) throw new Error("no store");
      rejected.push(row.id);
    };
    const copier = await connect({ onReject });
    await copier.send({ id: 1, kind: "broken" });
    await copier.send({ id: 2, kind: "behind it" });
    await assert.rejects(copier.flush(), { code: "ROWS_REJECTED" });
    assert.deepEqual(await ids(), []);
    isBroken = false;
    await copier.close();
    assert.deepEqual([rejected, await ids()], [[1], [2]]);
  });

  it("the table is missing: stored rows wait for it", async () => {
    await leave(1);
    await db.pool.query(`ALTER TABLE ${db.schema}.events RENAME TO away`);
    const other = await db.create("others", { id: int4 });
    const copier = await Copier.connect(other, {
      databaseUrl,
      ledger,
      deadLetters,
      spool: { directory },
    });
    await copier.insert({ id: 1 });
    await db.pool.query(`ALTER TABLE ${db.schema}.away RENAME TO events`);
    await copier.close();
    assert.deepEqual(await ids(), [1]);
  });

  it("retry.timeoutMs is over: insert() rejects, and the row stays", async () => {
    const copier = await connect({ retry: { timeoutMs: 200 } });
    const release = await lockTable(db.pool, `${db.schema}.events`);
    await assert.rejects(copier.insert({ id: 1, kind: "later" }), {
      code: "TIMEOUT",
      accepted: true,
    });
    await release();
    await copier.flush();
    assert.deepEqual(await ids(), [1]);
  });
});

describe("Durable on disk", () => {
  async function spool(): Promise<{ directory: string }> {
    return { directory: await newDirectory() };
  }

  it("says what connects while the database is away", async () => {
    const options = { databaseUrl: AWAY, deadLetters: "letters", spool: await spool() };
    const copier = await Copier.connect(events, options);
    await copier.send({ id: 1, kind: "kept" });
    await copier.close({ timeoutMs: 0 });
    const isAway = { code: "CONNECT_FAILED" } satisfies Partial<BatchCopyError>;
    await assert.rejects(Copier.connect("events", options), isAway);

    await db.pool.query(`CREATE TABLE ${db.schema}.remembered (id int NOT NULL)`);
    const name = `${db.schema}.remembered`;
    await (await Copier.connect(name, { ...options, databaseUrl })).close();
    const again = await Copier.connect(name, options);
    await again.send({ id: 1 });
    await again.close({ timeoutMs: 0 });
    await assert.rejects(Copier.connect(name, { ...options, columns: ["id"] }), isAway);
  });

  it("says where it ends", async () => {
    const options = { databaseUrl, deadLetters: `${db.schema}.letters`, spool: await spool() };
    await db.pool.query(`CREATE UNLOGGED TABLE ${db.schema}.unlogged (id int NOT NULL)`);
    const isMismatch = { code: "SCHEMA_MISMATCH" };
    await assert.rejects(Copier.connect(`${db.schema}.unlogged`, options), isMismatch);
    const isInvalid = { code: "INVALID_OPTION" };
    await assert.rejects(Copier.connect(events, { databaseUrl, spool: options.spool }), isInvalid);
    await db.pool.query(`CREATE TABLE ${db.schema}.sourced (id int NOT NULL)`);
    await using copier = await Copier.connect(`${db.schema}.sourced`, options);
    await assert.rejects(copier.source("s", { start: 0 }), isInvalid);
  });

  it("says that flush() of a group waits for former lives, whatever their tables", async () => {
    const options = { deadLetters: `${db.schema}.letters`, spool: await spool() };
    const rows = await db.create("of_a_group", { id: int4 });
    const away = await CopierGroup.connect({ ...options, databaseUrl: AWAY });
    await away.send(rows, { id: 1 });
    await away.close({ timeoutMs: 0 });
    await using group = await CopierGroup.connect({ ...options, databaseUrl });
    const release = await lockTable(db.pool, `${db.schema}.of_a_group`);
    const flushed = group.flush();
    await release();
    await flushed;
    assert.deepEqual(await db.rows(`SELECT id FROM ${db.schema}.of_a_group`), [{ id: 1 }]);
  });
});

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readlink, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { SpoolError } from "../../dist/errors.js";
import {
  Copier,
  CopierGroup,
  FencedError,
  int4,
  RowsRejectedError,
  SchemaMismatchError,
  table,
  text,
  type CopierGroupOptions,
  type CopierOptions,
} from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";

const db = useDatabase();
const directories: string[] = [];
after(() => Promise.all(directories.map((path) => rm(path, { recursive: true, force: true }))));

/** Nobody listens there. */
const AWAY = "postgres://127.0.0.1:1/nowhere";

interface Numbered {
  id: number;
  note: string;
}

let scenes = 0;

async function openScene() {
  const directory = await mkdtemp(join(tmpdir(), "batch-copy-trouble-"));
  directories.push(directory);
  const short = `trouble_${scenes++}`;
  const name = `${db.schema}.${short}`;
  await db.pool.query(`CREATE TABLE ${name} (id int, note text)`);
  const definition = table(short, { id: int4, note: text }, { schema: db.schema });
  const ledger = `${name}_ledger`;
  const options: CopierOptions<Numbered> = {
    databaseUrl: db.url,
    spool: { directory },
    ledger: { table: ledger },
    deadLetters: `${name}_letters`,
    flushIntervalMs: 20,
    connections: 1,
  };
  return {
    directory,
    name,
    definition,
    ledger,
    options,
    connect: (more: CopierOptions<Numbered> = {}) =>
      Copier.connect(definition, { ...options, ...more }),
    ids: async () => {
      const rows = await db.rows<{ id: number }>(`SELECT id FROM ${name} ORDER BY ctid`);
      return rows.map(({ id }) => id);
    },
    entries: async () => (await readdir(directory)).filter((entry) => entry !== ".tables"),
    async lock(locked = name) {
      const client = await db.pool.connect();
      client.on("error", () => {});
      await client.query(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = '25s'`);
      await client.query(`LOCK TABLE ${locked} IN ACCESS EXCLUSIVE MODE`);
      return async () => {
        await client.query("ROLLBACK");
        client.release();
      };
    },
  };
}

async function within<Result>(
  seconds: number,
  work: Promise<Result>,
  what: string,
): Promise<Result> {
  const timer = new AbortController();
  const late = async (): Promise<never> => {
    await sleep(seconds * 1000, undefined, { signal: timer.signal });
    throw new Error(`${what} has not settled after ${seconds} s`);
  };
  return Promise.race([work, late()]).finally(() => timer.abort());
}

async function openFilesIn(directory: string): Promise<string[]> {
  const fds = await readdir("/proc/self/fd");
  const paths = await Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")));
  return paths.filter((path) => path.startsWith(directory));
}

/** Rows of about a kilobyte. */
function numbered(count: number): Numbered[] {
  return Array.from({ length: count }, (_, id) => ({ id, note: "x".repeat(1000) }));
}

/** How many rows a call has accepted, though it may have failed. */
async function acceptedBy(sending: Promise<number>): Promise<number> {
  try {
    return await sending;
  } catch (error) {
    assert.ok(error instanceof SpoolError, String(error));
    return error.accepted!;
  }
}

describe("a spool in trouble", () => {
  it("is connected to several times at once by one process", async () => {
    const scene = await openScene();
    const connecting = await Promise.allSettled(Array.from({ length: 4 }, () => scene.connect()));
    for (const one of connecting) {
      if (one.status === "fulfilled") {
        await one.value.close();
      }
    }
    const failed = connecting.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    assert.deepEqual(failed, []);
  });

  it("takes rows of a definition that has changed while the database was away", async () => {
    const scene = await openScene();
    await (await scene.connect()).close();
    await db.pool.query(`ALTER TABLE ${scene.name} ADD more text`);
    const { name } = scene.definition;
    const columns = { id: int4, note: text, more: text.nullable() };
    const changed = table(name, columns, { schema: db.schema });
    const options = { ...scene.options, onReject: undefined } as object;
    const away = await Copier.connect(changed, { ...options, databaseUrl: AWAY });
    await away.send({ id: 1, note: "n", more: "kept" });
    await within(5, away.close({ timeoutMs: 0 }), "close()");
    await (await Copier.connect(changed, options)).close();
    const rows = await db.rows(`SELECT * FROM ${scene.name}`);
    assert.deepEqual(rows, [{ id: 1, note: "n", more: "kept" }]);
  });

  it(
    "closes the files that rows were read from",
    { skip: process.platform !== "linux" },
    async () => {
      const scene = await openScene();
      await using copier = await scene.connect({ maxBufferedBytes: 2 ** 20 });
      const before = (await openFilesIn(scene.directory)).length;
      for (let round = 0; round < 3; round++) {
        const unlock = await scene.lock();
        await copier.sendMany(numbered(5000));
        await unlock();
        await within(10, copier.flush(), "flush()");
      }
      const open = await openFilesIn(scene.directory);
      assert.equal(open.length, before, open.join(", "));
    },
  );

  it("begins another stream if its own is lost while it is full", async () => {
    const scene = await openScene();
    const copier = await scene.connect({
      spool: { directory: scene.directory, maxBytes: 2 ** 20 },
    });
    const unlock = await scene.lock();
    const sending = acceptedBy(copier.sendMany(numbered(3000)));
    await sleep(1000);
    await db.pool.query(`UPDATE ${scene.ledger} SET owner = gen_random_uuid()`);
    await unlock();
    const accepted = await within(8, sending, "sendMany()");
    await copier.insert({ id: 3000, note: "n" });
    await within(8, copier.close(), "close()");
    const ids = Array.from({ length: accepted }, (_, id) => id);
    assert.deepEqual(await scene.ids(), [...ids, 3000]);
    assert.deepEqual(await scene.entries(), []);
  });

  it("closes in time while it is full: rows that are not on disk are refused", async () => {
    const scene = await openScene();
    const copier = await scene.connect({
      spool: { directory: scene.directory, maxBytes: 2 ** 20 },
    });
    const unlock = await scene.lock();
    const sending = acceptedBy(copier.sendMany(numbered(3000)));
    await sleep(1000);
    try {
      await within(5, copier.close({ timeoutMs: 200 }), "close()");
    } finally {
      await unlock();
    }
    const accepted = await within(2, sending, "sendMany()");
    await (await scene.connect()).close();
    assert.equal((await scene.ids()).length, accepted);
  });

  it("closes in time though its directory was removed: rows are refused", async () => {
    const scene = await openScene();
    const copier = await scene.connect();
    await rm(scene.directory, { recursive: true });
    await assert.rejects(copier.send({ id: 1, note: "n" }), SpoolError);
    const refused = assert.rejects(copier.send({ id: 2, note: "n" }), SpoolError);
    await within(5, copier.close({ timeoutMs: 200 }), "close()");
    await within(2, refused, "send()");
  });

  it("closes though the database is away, if nothing was sent", async () => {
    const scene = await openScene();
    const copier = await scene.connect({ databaseUrl: AWAY });
    const closing = copier.close();
    try {
      await within(5, closing, "close()");
    } finally {
      await copier.close({ timeoutMs: 0 });
    }
  });

  it("does not hold up a connect() that fails by rows of a former life", async () => {
    const scene = await openScene();
    const first = await scene.connect();
    const unlock = await scene.lock();
    await first.send({ id: 1, note: "n" });
    await first.close({ timeoutMs: 100 });
    await db.pool.query(`CREATE TABLE ${scene.name}_other (id int)`);
    const wrong = table(`${scene.definition.name}_other`, { id: text }, { schema: db.schema });
    const connecting = assert.rejects(
      Copier.connect(wrong, scene.options as object),
      SchemaMismatchError,
    );
    try {
      await within(5, connecting, "connect()");
    } finally {
      await unlock();
    }
    await (await scene.connect()).close();
    assert.deepEqual(await scene.ids(), [1]);
  });

  it("is lost while the source of a table is claimed: that of the next stream is claimed once", async () => {
    const scene = await openScene();
    const other = `${scene.name}_other`;
    await db.pool.query(`CREATE TABLE ${other} (id int, note text)`);
    await using group = await CopierGroup.connect({
      ...scene.options,
      connections: 3,
    } as CopierGroupOptions);
    await group.insert(scene.name, { id: 1, note: "n" });
    const unlock = await scene.lock(scene.ledger);
    const opening = group.copier(other);
    await sleep(200);
    const [stream] = await scene.entries();
    await rename(join(scene.directory, stream!), join(scene.directory, `.taken-${stream!}`));
    await assert.rejects(group.send(scene.name, { id: 2, note: "n" }), SpoolError);
    await sleep(300);
    await unlock();
    const copier = await opening;
    await copier.send({ id: 3, note: "n" });
    await within(8, copier.flush(), "flush()");
    assert.deepEqual(await db.rows(`SELECT id FROM ${other}`), [{ id: 3 }]);
  });

  it("ends close() though another process has taken its stream meanwhile", async () => {
    const scene = await openScene();
    const copier = await scene.connect();
    const unlock = await scene.lock();
    await copier.send({ id: 1, note: "n" });
    const closing = copier.close().then(
      () => undefined,
      (error: Error) => error,
    );
    await sleep(200);
    const [stream] = await scene.entries();
    const taken = `${stream!.split(".")[0]!}.${randomUUID()}`;
    await rename(join(scene.directory, stream!), join(scene.directory, taken));
    await db.pool.query(`UPDATE ${scene.ledger} SET owner = gen_random_uuid()`);
    await unlock();
    assert.ok((await within(6, closing, "close()")) instanceof FencedError);
  });

  it("lets the process end after close(), though a claim was on its way", async () => {
    const scene = await openScene();
    const index = JSON.stringify(new URL("../../dist/index.js", import.meta.url).href);
    const options = {
      databaseUrl: AWAY,
      spool: { directory: scene.directory },
      deadLetters: "letters",
    };
    const program = `
      import { Copier, int4, table } from ${index};
      const copier = await Copier.connect(table("t", { id: int4 }), ${JSON.stringify(options)});
      await copier.close();
    `;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program]);
    try {
      const [code] = await within(10, once(child, "exit"), "the process");
      assert.equal(code, 0);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("keeps to maxBatchRows", async () => {
    const scene = await openScene();
    const copier = await scene.connect({ maxBatchRows: 10 });
    await copier.sendMany(numbered(100));
    await copier.close();
    const transactions = await db.rows(`SELECT xmin::text FROM ${scene.name} GROUP BY 1`);
    assert.equal(transactions.length, 10);
  });

  it("does not begin a stream for each row that onReject cannot take", async () => {
    const scene = await openScene();
    await db.pool.query(`ALTER TABLE ${scene.name} ADD CHECK (id > 0)`);
    const copier = await scene.connect({
      deadLetters: undefined,
      onReject: () => Promise.reject(new Error("its store is down")),
    });
    for (let row = 0; row < 10; row++) {
      await copier.send({ id: -row, note: "n" });
      await sleep(100);
    }
    const streams = await scene.entries();
    await assert.rejects(copier.close(), RowsRejectedError);
    assert.ok(streams.length < 4, `${streams.length} streams`);
  });

  it("lets onReject send while it is full", async () => {
    const scene = await openScene();
    await db.pool.query(`ALTER TABLE ${scene.name} ADD CHECK (id >= 0)`);
    const copier: Copier<Numbered> = await scene.connect({
      deadLetters: undefined,
      spool: { directory: scene.directory, maxBytes: 2 ** 20 },
      // There is no room for it.
      onReject: () => copier.send({ id: 5, note: "x".repeat(2 ** 20) }),
    });
    const unlock = await scene.lock();
    const rows = numbered(3000).map(({ id, note }) => ({ id: id === 5 ? -1 : id, note }));
    const sending = copier.sendMany(rows);
    sending.catch(() => {});
    await sleep(1000);
    await unlock();
    try {
      await within(6, sending, "sendMany()");
    } finally {
      await copier.close({ timeoutMs: 500 });
    }
    assert.equal((await scene.ids()).length, 3000);
  });

  it("syncs rows together that onReject sends", async () => {
    const scene = await openScene();
    await db.pool.query(`ALTER TABLE ${scene.name} ADD CHECK (id >= 0)`);
    await using copier: Copier<Numbered> = await scene.connect({
      deadLetters: undefined,
      onReject: async () => {
        await copier.sendMany(numbered(3000));
      },
    });
    await copier.send({ id: -1, note: "rejected" });
    await copier.flush();
    // What was sent after the first one began.
    await copier.flush();
    const { syncs } = copier.stats.spool!;
    assert.ok(syncs < 100, `${syncs} syncs`);
    assert.equal((await scene.ids()).length, 3000);
  });
});

import assert from "node:assert/strict";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import type { AnyRow } from "../helpers/source-scene.js";
import { collectWarnings } from "../helpers/spooled/collect-warnings.js";
import { idsOf } from "../helpers/spooled/numbered.js";
import { spooledScenes } from "../helpers/spooled/spooled-scene.js";
import { within } from "../helpers/spooled/within.js";

const db = useDatabase();
const open = spooledScenes(db);
const KIB = 1024;
const MIB = 1024 * KIB;

/** Rows of a kibibyte and some bytes. */
function* large(count: number, first = 0): Generator<AnyRow> {
  const note = "x".repeat(KIB);
  for (let id = first; id < first + count; id++) {
    yield { id, note };
  }
}

function memory(): number {
  globalThis.gc!();
  // What the first call has found unused may not be freed yet.
  globalThis.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function bytesIn(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const sizes = entries.map(async (entry) =>
    entry.isFile() ? (await stat(join(entry.parentPath, entry.name))).size : 0,
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

describe("maxBufferedBytes", () => {
  it("bounds the memory, while rows gather on disk: they are read back in order", async () => {
    const scene = await open();
    await using copier = await scene.connect({ maxBufferedBytes: MIB });
    const unlock = await scene.lock();
    await copier.sendMany(large(2 * KIB));
    const before = memory();
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, memory())), 200);
    const count = 50 * KIB;
    await copier.sendMany(large(count - 2 * KIB, 2 * KIB));
    clearInterval(watch);
    assert.ok(most - before < 12 * MIB, `grew by ${most - before} bytes`);
    assert.ok(copier.stats.bytesBuffered <= MIB, `${copier.stats.bytesBuffered} bytes`);
    assert.ok((await bytesIn(scene.directory)) > 50 * MIB);
    await unlock();
    await copier.flush();
    assert.deepEqual(await scene.ids(), idsOf(0, count));
    assert.ok(memory() - before < 12 * MIB);
  });

  it("bounds the memory for rows of a former life", async () => {
    const scene = await open();
    const unlock = await scene.lock();
    const former = await scene.connect();
    await former.sendMany(large(30 * KIB));
    await former.close({ timeoutMs: 0 });
    const before = memory();
    await using copier = await scene.connect({ maxBufferedBytes: MIB });
    await sleep(500);
    const grown = memory() - before;
    assert.ok(grown < 12 * MIB, `grew by ${grown} bytes`);
    await unlock();
    await copier.flush();
    assert.deepEqual(await scene.ids(), idsOf(0, 30 * KIB));
  });

  it("is less than one row needs: it is written nevertheless, in this life and the next", async () => {
    const scene = await open();
    const note = "x".repeat(5 * MIB);
    const options = { maxBufferedBytes: MIB };
    await using copier = await scene.connect(options);
    await copier.insert({ id: 0, note });
    const unlock = await scene.lock();
    for (let id = 1; id < 5; id++) {
      await copier.send({ id, note });
    }
    const former = await scene.connect(options);
    await former.sendMany([5, 6].map((id) => ({ id, note })));
    await former.close({ timeoutMs: 0 });
    await unlock();
    await copier.flush();
    assert.deepEqual(await scene.ids(), idsOf(0, 5));
    await scene.deliver(options);
    assert.deepEqual(await scene.ids(), idsOf(0, 7));
    const [lengths] = await db.rows(
      `SELECT min(length(note)) AS least, max(length(note)) AS most FROM ${scene.name}`,
    );
    assert.deepEqual(lengths, { least: note.length, most: note.length });
  });
});

describe("rows without anything in them", () => {
  it("come through the disk", async () => {
    const scene = await open();
    await scene.die(Array.from({ length: 1000 }, () => ({})));
    await using copier = await scene.connect();
    await copier.sendMany(Array.from({ length: 1000 }, () => ({ id: null, note: undefined })));
    await copier.flush();
    const [found] = await db.rows(
      `SELECT count(*)::int AS rows, count(id)::int AS ids, count(note)::int AS notes FROM ${scene.name}`,
    );
    assert.deepEqual(found, { rows: 2000, ids: 0, notes: 0 });
  });
});

describe("maxBytes", () => {
  it("makes senders wait, with a warning; they go on when rows are committed", async () => {
    const scene = await open();
    const spool = { directory: scene.directory, maxBytes: 2 * MIB };
    await using copier = await scene.connect({ spool, maxBufferedBytes: MIB });
    const unlock = await scene.lock();
    let sent = 0;
    const count = 10 * KIB;
    async function sendAll(): Promise<void> {
      for (let id = 0; id < count; id += 64) {
        await copier.sendMany(large(64, id));
        sent += 64;
      }
    }
    let sending: Promise<void> | undefined;
    const warnings = await collectWarnings(/maxBytes/, async (told) => {
      sending = sendAll();
      await eventually(() => told.length > 0, "there is a warning");
    });
    assert.ok(warnings[0]!.includes(scene.directory), warnings[0]);
    await sleep(200);
    const stood = sent;
    assert.ok(stood > KIB && stood < 2 * KIB, `${stood} rows`);
    await sleep(300);
    assert.equal(sent, stood);
    assert.ok((await bytesIn(scene.directory)) <= 2 * MIB);
    await unlock();
    await sending;
    await copier.flush();
    const ids = await scene.ids();
    assert.deepEqual(
      ids.toSorted((a, b) => a - b),
      idsOf(0, count),
    );
  });

  it("lets senders that wait go by their signal, and writes none of their rows", async () => {
    const scene = await open();
    const spool = { directory: scene.directory, maxBytes: MIB };
    await using copier = await scene.connect({ spool, maxBufferedBytes: MIB });
    const unlock = await scene.lock();
    const control = new AbortController();
    const { signal } = control;
    const many = copier.sendMany(large(10 * KIB), { signal });
    await sleep(500);
    const first = 20 * KIB;
    const single = [...large(300, first)].map((row) => copier.send(row, { signal }));
    const last = copier.sendMany(large(1, first + 300), { signal });
    const settled = Promise.allSettled([many, last, ...single]);
    await sleep(500);
    control.abort(new Error("enough"));
    try {
      for (const { status } of await within(5, settled, "the end of the calls")) {
        assert.equal(status, "rejected");
      }
    } finally {
      await unlock();
    }
    await assert.rejects(many, { message: "enough" });
    await assert.rejects(single[0]!, { message: "enough" });
    await copier.insert({ id: 10 * KIB, note: "n" });
    const ids = await scene.ids();
    assert.ok(ids.length > 500, `${ids.length} rows`);
    assert.ok(
      ids.every((id) => id < first),
      "rows of send() are written",
    );
    assert.deepEqual(ids.slice(0, -1), idsOf(0, ids.length - 1));
  });

  it("lets sendMany() go by its signal that waits only because one of its rows is invalid", async () => {
    const scene = await open();
    const spool = { directory: scene.directory, maxBytes: MIB };
    await using copier = await scene.connect({ spool, maxBufferedBytes: 16 * MIB });
    const unlock = await scene.lock();
    const before = copier.sendMany(large(2 * KIB));
    await sleep(500);
    const control = new AbortController();
    const rows = [{ id: -1, note: "valid" }, { id: "invalid" } as unknown as AnyRow];
    const many = copier.sendMany(rows, { signal: control.signal });
    many.catch(() => {});
    await sleep(100);
    control.abort(new Error("enough"));
    try {
      await assert.rejects(within(5, many, "sendMany()"), { message: "enough" });
    } finally {
      await unlock();
    }
    await before;
    await copier.flush();
    assert.deepEqual(await scene.ids(), idsOf(0, 2 * KIB));
  });

  it("lets a row in that fits, though the next file begins in its place", async () => {
    const scene = await open();
    const spool = { directory: scene.directory, maxBytes: MIB };
    await using copier = await scene.connect({ spool });
    const unlock = await scene.lock();
    try {
      // Three files that are done.
      for (let id = 0; id < 12; id++) {
        await copier.send({ id, note: "x".repeat(66_000) });
      }
      const room = MIB - copier.stats.spool!.bytes;
      const note = "x".repeat(room - 200);
      await within(5, copier.send({ id: 12, note }), "send()");
    } finally {
      await unlock();
    }
    await copier.flush();
    assert.deepEqual(await scene.ids(), idsOf(0, 13));
  });

  it("is less than one row needs: it is written nevertheless", async () => {
    const scene = await open();
    const spool = { directory: scene.directory, maxBytes: MIB };
    await using copier = await scene.connect({ spool });
    const note = "x".repeat(3 * MIB);
    await copier.insert({ id: 0, note });
    await copier.sendMany([1, 2, 3].map((id) => ({ id, note })));
    await copier.flush();
    assert.deepEqual(await scene.ids(), idsOf(0, 4));
  });

  it("lets the copier be closed in time; of the rows whose senders wait, the first may be written", async () => {
    const scene = await open();
    const spool = { directory: scene.directory, maxBytes: MIB };
    const unlock = await scene.lock();
    const sender = await scene.startProcess({ spool, maxBufferedBytes: MIB });
    const sending = assert.rejects(sender.send([...large(10 * KIB)]));
    try {
      await sleep(1000);
      await within(8, sender.close(300), "close()");
    } finally {
      await sender.kill();
      await sending;
      await unlock();
    }
    await scene.deliver();
    const ids = (await scene.ids()).toSorted((a, b) => a - b);
    assert.deepEqual(ids, idsOf(0, ids.length));
    assert.ok(ids.length > 300 && ids.length < 2 * KIB, `${ids.length} are written`);
  });
});

import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";

import { FrameReader } from "../../dist/spool/frame-reader.js";
import type { RowsToStore } from "../../dist/spool/group.js";
import { StreamMender } from "../../dist/spool/mend-stream.js";
import { nodeDisk } from "../../dist/spool/node-disk.js";
import { StoredStream } from "../../dist/spool/stored-stream.js";
import type { StreamSettings } from "../../dist/spool/stream-settings.js";
import type { StreamWriter } from "../../dist/spool/stream-writer.js";
import { FakeClock } from "../helpers/fake-clock.js";
import { FaultyDisk, type Operation } from "../helpers/spool/faulty-disk.js";
import { formOf, readRows, rowsOf, SpoolScene, STREAM } from "../helpers/spool/scene.js";

const [SLOW, FAST] = [0, 1];
const TEXT = "x".repeat(300);

interface Play {
  readonly scene: SpoolScene;
  readonly disk: FaultyDisk;
  readonly clock: FakeClock;
  readonly writer: StreamWriter;
  /** The rows of the table that stands still, as `readRows` gives them. */
  readonly slow: readonly string[];
}

function fourOf(form: number, row: number): RowsToStore {
  return rowsOf(form, row, TEXT, TEXT, TEXT, TEXT);
}

/** Six segments with four rows of the table FAST each; the second and the fourth have one of SLOW, too. */
async function begin(scene: SpoolScene, settings: Partial<StreamSettings> = {}): Promise<Play> {
  const disk = new FaultyDisk();
  const clock = new FakeClock();
  const options = { disk, clock, isShared: true, segmentBytes: 1200, maxBytes: 16_000 };
  const writer = await scene.begin({ ...options, ...settings });
  const [slow, fast] = [writer.addForm(formOf(SLOW)), writer.addForm(formOf(FAST))];
  for (let row = 0; row < 24; row += 4) {
    const isSlow = row === 4 || row === 12;
    const own = isSlow ? [rowsOf(slow, Number(row === 12), `slow ${row}`)] : [];
    await writer.append([...own, fourOf(fast, row)]);
  }
  assert.equal(writer.segments.length, 6);
  return { scene, disk, clock, writer, slow: ["0:slow 4", "1:slow 12"] };
}

/** What is committed: no row of SLOW, and those of FAST below this number. */
const fastBelow = (row: number) => (table: number) => (table === FAST ? row : 0);

function fastRows(from: number, to = 24): readonly string[] {
  return Array.from({ length: to - from }, (_, i) => `${from + i}:${TEXT}`);
}

/** What the next life finds if this one is killed now. */
async function afterKill<Result>(
  { directory }: SpoolScene,
  look: (stored: StoredStream, directory: string) => Promise<Result>,
): Promise<Result> {
  const copy = await mkdtemp(join(tmpdir(), `${STREAM}.`));
  try {
    await cp(directory, copy, { recursive: true });
    const stored = await StoredStream.open(nodeDisk, copy, true);
    await stored.scan();
    return await look(stored, copy);
  } finally {
    await rm(copy, { recursive: true });
  }
}

function rowsAfterKill(scene: SpoolScene, table: number): Promise<readonly string[]> {
  return afterKill(scene, ({ files }) => readRows(files, table));
}

function numbersOf(writer: StreamWriter): readonly number[] {
  return writer.segments.map(({ number }) => number);
}

describe("segments that hold little but committed rows", () => {
  it("become one, with the rows of the table that stands still", async () => {
    await using scene = await SpoolScene.create();
    const { writer, slow } = await begin(scene);
    const before = writer.bytes;
    assert.equal(await writer.removePassed(fastBelow(20)), 1);
    assert.deepEqual(numbersOf(writer), [2, 6]);
    assert.ok(writer.bytes < before / 2, `${writer.bytes} of ${before} bytes`);
    assert.deepEqual(await scene.names(), ["segment-0000000002", "segment-0000000006"]);
    assert.deepEqual(await readRows(writer.files, SLOW), slow);
    assert.deepEqual(await readRows(writer.files, FAST), fastRows(20));
    assert.deepEqual(await rowsAfterKill(scene, SLOW), slow);
    assert.deepEqual(await rowsAfterKill(scene, FAST), fastRows(20));
    assert.deepEqual(scene.troubles, []);
    await writer.removePassed((table) => (table === FAST ? 20 : 2));
    assert.deepEqual(numbersOf(writer), [6]);
    await writer.close();
  });

  it("are joined by those that come after them", async () => {
    await using scene = await SpoolScene.create();
    const { writer, slow } = await begin(scene);
    for (let row = 24; row < 400; row += 4) {
      await writer.removePassed(fastBelow(row));
      await writer.append([fourOf(1, row)]);
      assert.ok(writer.bytes <= 16_000, `${writer.bytes} bytes after row ${row}`);
    }
    assert.ok(writer.segments.length < 8, `${writer.segments.length} segments`);
    assert.deepEqual(await rowsAfterKill(scene, SLOW), slow);
    assert.deepEqual(await rowsAfterKill(scene, FAST), fastRows(392, 400));
    await writer.close();
  });

  it("stay as long as there is room, if there is one table only, and if half of them is needed", async () => {
    for (const [settings, fast] of [
      [{ maxBytes: 100_000 }, 20],
      [{ isShared: false }, 20],
      [{}, 12],
    ] as const) {
      await using scene = await SpoolScene.create();
      const { writer } = await begin(scene, settings);
      await writer.removePassed((table) => (table === FAST ? fast : Number(fast === 12)));
      const first = fast === 12 ? 4 : 2;
      assert.deepEqual(numbersOf(writer)[0], first);
      assert.equal(writer.segments.length, 7 - first);
      await writer.close();
    }
  });

  it("keep rows that a server may forget", async () => {
    await using scene = await SpoolScene.create();
    const { clock, writer } = await begin(scene, { retainMs: 1000 });
    await writer.removePassed(fastBelow(20));
    clock.pass(500);
    await writer.removePassed(fastBelow(8));
    clock.pass(600);
    await writer.removePassed(fastBelow(20));
    assert.deepEqual(await readRows(writer.files, FAST, 8), fastRows(8));
    assert.equal(numbersOf(writer).at(-2), 5);
    clock.pass(1000);
    await writer.removePassed(fastBelow(20));
    assert.deepEqual(numbersOf(writer), [2, 6]);
    await writer.close();
  });

  it("are read on by those who have begun to read them, and by cursors from before", async () => {
    await using scene = await SpoolScene.create();
    const { writer } = await begin(scene);
    const { files } = writer;
    const reader = new FrameReader(files, SLOW, files.cursorOf(SLOW, 0));
    assert.equal((await reader.next())?.firstRow, 0);
    const cursor = { segment: 4, position: files.find(4)!.end - 10 };
    const late = new FrameReader(files, FAST, cursor);
    await writer.removePassed(fastBelow(20));
    assert.equal((await reader.next())?.firstRow, 1);
    assert.equal(await reader.next(), undefined);
    assert.equal((await late.next())?.firstRow, 20);
    await Promise.all([reader.close(), late.close()]);
    await writer.close();
  });

  it("say which rows are gone: otherwise those before them would seem to be the last", async () => {
    await using scene = await SpoolScene.create();
    const { writer } = await begin(scene);
    await writer.removePassed(fastBelow(24));
    // Nearly all of a segment is needed, and it has a row of the other table.
    const large = ["y".repeat(1200), "z"];
    await writer.append([rowsOf(0, 2, ...large), rowsOf(1, 24, "x")]);
    for (let row = 25; row < 41; row += 4) {
      await writer.append([fourOf(1, row)]);
    }
    await writer.append([rowsOf(0, 4, "slow")]);
    await writer.removePassed(fastBelow(41));
    const extents = await afterKill(scene, (stored) => stored.scan());
    const { firstRow, endRow, rows } = extents.get(FAST)!;
    assert.deepEqual([firstRow, endRow, rows], [41, 41, 0]);
    assert.equal(extents.get(SLOW)?.rows, 5);
    await writer.close();
  });
});

describe("if segments cannot be rewritten", () => {
  const failures: readonly Operation[] = [
    "create",
    "open",
    "write",
    "sync-of-write",
    "rename",
    "remove",
    "sync-directory",
  ];
  for (const operation of failures) {
    it(`that is told, and they are there as they were, and it is tried again: ${operation}`, async () => {
      await using scene = await SpoolScene.create();
      const { disk, writer, slow } = await begin(scene);
      // The first one is removed by itself.
      await writer.removePassed((table) => (table === FAST ? 4 : 0));
      disk.fail(operation, "EIO");
      await writer.removePassed(fastBelow(20));
      assert.deepEqual(
        scene.troubles.map(({ kind }) => kind),
        ["removal"],
      );
      assert.equal(writer.segments.length, 5);
      assert.deepEqual(await rowsAfterKill(scene, SLOW), slow);
      const names = await afterKill(scene, (_, directory) => nodeDisk.list(directory));
      assert.equal(names.length, writer.segments.length);
      await writer.removePassed(fastBelow(20));
      assert.deepEqual(await scene.names(), ["segment-0000000002", "segment-0000000006"]);
      assert.deepEqual(await readRows(writer.files, SLOW), slow);
      assert.equal(scene.troubles.length, 1);
      await writer.close();
    });
  }

  for (const operation of ["sync-directory", "remove"] as const) {
    it(`to the end, files that another one stands for count for nothing: ${operation}`, async () => {
      await using scene = await SpoolScene.create();
      const { disk, writer, slow } = await begin(scene);
      const rename = disk.rename.bind(disk);
      disk.rename = async (from, to): Promise<void> => {
        disk.rename = rename;
        await rename(from, to);
        disk.fail(operation, "EIO");
      };
      await writer.removePassed(fastBelow(20));
      assert.equal(scene.troubles.length, 1);
      assert.deepEqual(numbersOf(writer), [2, 6]);
      const names = await scene.names();
      assert.equal(names.length, 5);
      const sizes = await Promise.all(names.map((name) => stat(join(scene.directory, name))));
      assert.equal(
        writer.bytes,
        sizes.reduce((sum, { size }) => sum + size, 0),
      );
      assert.deepEqual(await readRows((await scene.look()).files, SLOW), slow);
      const left = await afterKill(scene, async ({ files }, directory) => {
        assert.deepEqual(await readRows(files, SLOW), slow);
        return nodeDisk.list(directory);
      });
      assert.equal(left.length, 2);
      // They are removed before the one that stands for them.
      assert.equal(await writer.removePassed((table) => (table === FAST ? 20 : 2)), 1);
      assert.deepEqual(await scene.names(), ["segment-0000000006"]);
      await writer.close();
    });
  }

  it("because one of them is damaged, it stays, and the others are not held up", async () => {
    await using scene = await SpoolScene.create();
    const { writer } = await begin(scene);
    const bytes = await readFile(scene.segment(2));
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(scene.segment(2), bytes);
    await writer.removePassed(fastBelow(20));
    assert.match(scene.troubles[0]!.error.message, /segment-0000000002 is damaged/);
    await writer.removePassed(fastBelow(20));
    assert.equal(scene.troubles.length, 1);
    await writer.close();
  });
});

describe("a rewritten segment that is damaged", () => {
  /** Damages it, and mends it; returns the rows that are left of the table that stands still. */
  async function mended(
    damage: (bytes: Buffer) => void,
  ): Promise<{ readonly rows: readonly string[]; readonly lost: number }> {
    await using scene = await SpoolScene.create();
    const { writer } = await begin(scene);
    await writer.removePassed(fastBelow(20));
    await writer.close();
    const bytes = await readFile(scene.segment(2));
    damage(bytes);
    await writeFile(scene.segment(2), bytes);
    await assert.rejects(async () => (await scene.adopt()).scan(), { code: "SPOOL_CORRUPT" });
    const aside = (segment: number): string => join(scene.directory, `aside-${segment}`);
    const mender = new StreamMender(nodeDisk, scene.directory, STREAM, aside);
    const { rowsLost } = await mender.mend();
    const stored = await scene.adopt();
    await stored.scan();
    assert.deepEqual(await readRows(stored.files, FAST), fastRows(20));
    return { rows: await readRows(stored.files, SLOW), lost: rowsLost };
  }

  it("keeps its other rows when it is mended", async () => {
    const { rows, lost } = await mended((bytes) => {
      bytes[bytes.length - 1]! ^= 1;
    });
    assert.deepEqual(rows, ["0:slow 4"]);
    assert.equal(lost, 1);
  });

  it("keeps all rows when its header is mended", async () => {
    const { rows, lost } = await mended((bytes) => {
      const length = 16 + bytes.readUInt32LE(8);
      bytes[20]! ^= 1;
      bytes[length + 20]! ^= 1;
    });
    assert.deepEqual(rows, ["0:slow 4", "1:slow 12"]);
    assert.equal(lost, 0);
  });
});

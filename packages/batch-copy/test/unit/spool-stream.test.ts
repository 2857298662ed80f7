import assert from "node:assert/strict";
import { unlink } from "node:fs/promises";
import { describe, it } from "node:test";

import type { DiskFile } from "../../dist/spool/disk.js";
import { FrameReader } from "../../dist/spool/frame-reader.js";
import type { SpoolTrouble } from "../../dist/spool/stream-settings.js";
import { FakeClock } from "../helpers/fake-clock.js";
import { FaultyDisk } from "../helpers/spool/faulty-disk.js";
import { formOf, readRows, rowsOf, SpoolScene, STREAM } from "../helpers/spool/scene.js";

describe("a stream of the spool", () => {
  it("gives back the rows of each table, while it is written and afterwards", async () => {
    await using scene = await SpoolScene.create();
    const writer = await scene.begin();
    const [first, second] = [writer.addForm(formOf(0)), writer.addForm(formOf(1))];
    await writer.append([rowsOf(first, 0, "a", "b"), rowsOf(second, 0, "x")]);
    await writer.append([rowsOf(second, 1, "y"), rowsOf(first, 2, "c")]);
    assert.deepEqual(await readRows(writer.files, 0), ["0:a", "1:b", "2:c"]);
    assert.deepEqual(await readRows(writer.files, 1), ["0:x", "1:y"]);
    await writer.close();

    const stored = await scene.adopt();
    assert.equal(stored.id, STREAM);
    const extents = await stored.scan();
    assert.deepEqual(Object.fromEntries(extents), {
      0: { forms: [formOf(0)], firstRow: 0, endRow: 3, rows: 3 },
      1: { forms: [formOf(1)], firstRow: 0, endRow: 2, rows: 2 },
    });
    assert.deepEqual(await readRows(stored.files, 0), ["0:a", "1:b", "2:c"]);
    assert.deepEqual(await readRows(stored.files, 1), ["0:x", "1:y"]);
    assert.deepEqual(scene.troubles, []);
  });

  it("is read on where a reader has come to its end before", async () => {
    await using scene = await SpoolScene.create();
    const writer = await scene.begin({ segmentBytes: 1 });
    const form = writer.addForm(formOf(0));
    const reader = new FrameReader(writer.files, 0, writer.end);
    assert.equal(await reader.next(), undefined);
    for (let row = 0; row < 5; row++) {
      const [cursor] = await writer.append([rowsOf(form, row, "text")]);
      const rows = await reader.next();
      assert.deepEqual([rows?.firstRow, rows?.tuples.toString()], [row, "text\n"]);
      assert.equal(rows?.after.segment, cursor?.segment);
      assert.deepEqual(rows?.after, writer.end);
      assert.equal(await reader.next(), undefined);
    }
    assert.equal(writer.segments.length, 5);
    await reader.close();
    await writer.close();
  });

  it("may have frames that are larger than a segment, or than what is read at once", async () => {
    await using scene = await SpoolScene.create();
    const writer = await scene.begin({ segmentBytes: 100_000 });
    const form = writer.addForm(formOf(0));
    const large = ["x".repeat(700_000), "y".repeat(50), "z".repeat(262_100)];
    for (const [row, text] of large.entries()) {
      await writer.append([rowsOf(form, row, text)]);
    }
    const expected = large.map((text, row) => `${row}:${text}`);
    assert.deepEqual(await readRows(writer.files, 0), expected);
    await writer.close();
    const stored = await scene.adopt();
    assert.equal((await stored.scan()).get(0)?.endRow, 3);
    assert.deepEqual(await readRows(stored.files, 0), expected);
  });

  it("writes many tables with one write and one sync, and copies no tuple", async () => {
    await using scene = await SpoolScene.create();
    const disk = new FaultyDisk();
    const writer = await scene.begin({ disk });
    const tables = Array.from({ length: 1500 }, (_, table) => table);
    const forms = tables.map((table) => writer.addForm(formOf(table)));
    const { length } = disk.log;
    const rows = forms.map((form) => rowsOf(form, 7, `of ${form}`, "second"));
    const cursors = await writer.append(rows);
    assert.deepEqual(disk.log.slice(length), [
      "write segment-0000000001",
      "sync-of-write segment-0000000001",
    ]);
    const written = new Set(disk.parts);
    assert.ok(rows.every(({ tuples }) => tuples.every((tuple) => written.has(tuple))));
    for (const table of [0, 700, 1499]) {
      const reader = new FrameReader(writer.files, table, cursors[table]!);
      const found = await reader.next();
      assert.deepEqual([found?.firstRow, found?.rows], [7, 2]);
      assert.equal(found?.tuples.toString(), `of ${table}\nsecond\n`);
      assert.equal(await reader.next(), undefined);
      await reader.close();
    }
    await writer.close();
    const extents = await (await scene.adopt()).scan();
    assert.equal(extents.size, 1500);
  });

  it("may get a form at any time; its table has the rows of all its forms in order", async () => {
    await using scene = await SpoolScene.create();
    const writer = await scene.begin({ segmentBytes: 1000 });
    const before = writer.addForm(formOf(0));
    await writer.append([rowsOf(before, 0, "a")]);
    const changed = { ...formOf(0), columns: [{ name: "b", type: "int4" }] };
    const after = writer.addForm(changed);
    await writer.append([rowsOf(before, 1, "b"), rowsOf(after, 2, "c")]);
    for (let row = 3; writer.segments.length < 3; row++) {
      await writer.append([rowsOf(after, row, "x".repeat(200))]);
    }
    await writer.close();
    const stored = await scene.adopt();
    assert.deepEqual((await stored.scan()).get(0)?.forms, [formOf(0), changed]);
    const reader = new FrameReader(stored.files, 0, stored.files.cursorOf(0, 0));
    const forms = [await reader.next(), await reader.next(), await reader.next()];
    assert.deepEqual(
      forms.map((rows) => rows?.form.columns),
      [formOf(0).columns, formOf(0).columns, changed.columns],
    );
    await reader.close();
  });

  it("opens only the segments that have rows of a table from a row on", async () => {
    await using scene = await SpoolScene.create();
    const writer = await scene.begin({ segmentBytes: 1 });
    const [often, seldom] = [writer.addForm(formOf(0)), writer.addForm(formOf(1))];
    for (let row = 0; row < 6; row++) {
      const more = row === 1 || row === 4 ? [rowsOf(seldom, row, `${row}`)] : [];
      await writer.append([rowsOf(often, row, "often"), ...more]);
    }
    await writer.close();
    const disk = new FaultyDisk();
    const stored = await scene.adopt(disk);
    await stored.scan();
    disk.log.length = 0;
    assert.deepEqual(await readRows(stored.files, 1), ["1:1", "4:4"]);
    assert.deepEqual(opened(disk), [2, 5]);
    disk.log.length = 0;
    assert.deepEqual(await readRows(stored.files, 1, 2), ["4:4"]);
    assert.deepEqual(opened(disk), [5]);
    assert.deepEqual(await readRows(stored.files, 1, 5), []);
  });

  it("is removed to the end when all its rows are committed in a later life", async () => {
    await using scene = await SpoolScene.create();
    const writer = await scene.begin({ segmentBytes: 1 });
    const form = writer.addForm(formOf(0));
    await writer.append([rowsOf(form, 0, "a")]);
    await writer.append([rowsOf(form, 1, "b")]);
    await writer.close();
    const stored = await scene.adopt();
    const clock = new FakeClock();
    const onTrouble = ({ error }: SpoolTrouble): void => assert.fail(error);
    const files = { retainMs: 0, segmentBytes: 1, isShared: false };
    const tidier = stored.tidier({ ...files, clock, onTrouble });
    const remove = (committed: number): Promise<number> => {
      tidier.note(() => committed);
      return tidier.end();
    };
    assert.equal(await remove(2), 0, "it was not read yet");
    await stored.scan();
    assert.equal(await remove(1), 1);
    assert.deepEqual(await readRows(stored.files, 0), ["1:b"]);
    assert.equal(await remove(2), 1);
    assert.deepEqual(await scene.names(), []);
    assert.equal(stored.bytes, 0);
  });

  it("is read on behind segments that are being removed, or were", async () => {
    await using scene = await SpoolScene.create();
    const disk = new FaultyDisk();
    const writer = await scene.begin({ disk, segmentBytes: 1 });
    const form = writer.addForm(formOf(0));
    const [from] = await writer.append([rowsOf(form, 0, "a")]);
    for (let row = 1; row < 4; row++) {
      await writer.append([rowsOf(form, row, `${row}`)]);
    }
    const readNext = async (): Promise<number | undefined> => {
      const reader = new FrameReader(writer.files, 0, from!);
      const rows = await reader.next();
      await reader.close();
      return rows?.firstRow;
    };
    // The file is gone, and its directory is not synced yet.
    disk.fail("sync-directory", "EIO");
    assert.equal(await writer.removePassed(() => 1), 0);
    assert.equal(await readNext(), 1);
    // It goes while it is being opened.
    const open = disk.open.bind(disk);
    disk.open = async (path): Promise<DiskFile> => {
      disk.open = open;
      await writer.removePassed(() => 2);
      return open(path);
    };
    assert.equal(await readNext(), 2);
    await unlink(scene.segment(3));
    await assert.rejects(readNext(), { code: "ENOENT" });
    await writer.close();
  });

  it("can be looked at while its owner writes, and removes segments", async () => {
    await using scene = await SpoolScene.create();
    const writer = await scene.begin({ segmentBytes: 1 });
    const form = writer.addForm(formOf(0));
    for (let row = 0; row < 4; row++) {
      await writer.append([rowsOf(form, row, `${row}`)]);
    }
    const disk = new FaultyDisk();
    const open = disk.open.bind(disk);
    disk.open = async (path): Promise<DiskFile> => {
      if (path === scene.segment(3)) {
        // The list is read, and the headers of the first two.
        await writer.removePassed(() => 3);
      }
      return open(path);
    };
    const stored = await scene.look(disk);
    assert.deepEqual(await readRows(stored.files, 0), ["3:3"]);
    await writer.close();
  });
});

/** The numbers of the segments that were opened. */
function opened(disk: FaultyDisk): readonly number[] {
  return disk.log
    .filter((operation) => operation.startsWith("open"))
    .map((operation) => Number(operation.slice(-10)));
}

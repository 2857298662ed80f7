import assert from "node:assert/strict";
import { mkdir, open, readFile, rename, stat, truncate, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";

import { SpoolCorruptError, SpoolError } from "../../dist/errors.js";
import { FrameReader } from "../../dist/spool/frame-reader.js";
import { FRAME_HEADER_BYTES } from "../../dist/spool/frame.js";
import { encodeGroup } from "../../dist/spool/group.js";
import { nodeDisk } from "../../dist/spool/node-disk.js";
import { StoredStream } from "../../dist/spool/stored-stream.js";
import { FaultyDisk } from "../helpers/spool/faulty-disk.js";
import { formOf, readRows, rowsOf, SpoolScene, STREAM } from "../helpers/spool/scene.js";

/** Every so many bytes, a bit is damaged. */
const EACH = 7;

/** Rows 0 to 5 of table 0, two in each of three segments, as separate appends. */
async function writeThree(scene: SpoolScene, id = STREAM): Promise<readonly string[]> {
  const writer = await scene.begin({ segmentBytes: 1250, id });
  writer.addForm(formOf(0));
  const rows: string[] = [];
  for (let row = 0; row < 6; row++) {
    const text = `${"text".repeat(100)} ${row}`;
    await writer.append([rowsOf(0, row, text)]);
    rows.push(`${row}:${text}`);
  }
  assert.equal(writer.segments.length, 3);
  await writer.close();
  return rows;
}

/** What the stream has of table 0, after everything was checked. */
async function rowsOfStream(stored: StoredStream): Promise<readonly string[]> {
  await stored.scan();
  return readRows(stored.files, 0);
}

async function adoptedRows(scene: SpoolScene): Promise<readonly string[]> {
  return rowsOfStream(await scene.adopt());
}

function isDamage(path: string, offset?: number): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof SpoolCorruptError, String(error));
    assert.equal(error.file, path);
    if (offset !== undefined) {
      assert.equal(error.offset, offset);
    }
    return true;
  };
}

/** Changes a byte of a file. */
async function flip(path: string, offset: number, mask = 1): Promise<void> {
  const bytes = await readFile(path);
  bytes[offset]! ^= mask;
  await writeFile(path, bytes);
}

async function append(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "a");
  await file.write(bytes);
  await file.close();
}

describe("a torn tail", () => {
  it("is cut wherever it begins, and rows before it are kept, and made durable", async () => {
    await using scene = await SpoolScene.create();
    const writer = await scene.begin();
    writer.addForm(formOf(0));
    const firstFrameAt = writer.end.position;
    await writer.append([rowsOf(0, 0, "a", "b")]);
    const synced = writer.end.position;
    const cursors = await writer.append([rowsOf(0, 2, "c"), rowsOf(0, 3, "d", "e")]);
    const end = writer.end.position;
    await writer.close();
    const whole = await readFile(scene.segment(1));
    for (let size = synced; size <= end; size++) {
      await writeFile(scene.segment(1), whole.subarray(0, size));
      const disk = new FaultyDisk();
      const stored = await scene.adopt(disk);
      const kept = size === end ? end : size < cursors[1]!.position ? synced : cursors[1]!.position;
      assert.equal((await stat(scene.segment(1))).size, kept);
      const rows = ["0:a", "1:b", "2:c", "3:d", "4:e"];
      const count = kept === synced ? 2 : kept === end ? 5 : 3;
      assert.deepEqual(await rowsOfStream(stored), rows.slice(0, count));
      const [name, cuts] = ["segment-0000000001", kept < size ? 1 : 0];
      assert.equal(disk.log.filter((one) => one === `truncate ${name}`).length, cuts);
      // What the last frame says to be synced needs no more.
      const from = kept === synced ? firstFrameAt : synced;
      assert.deepEqual(Buffer.concat(disk.parts), whole.subarray(from, kept));
      assert.ok(disk.log.includes(`sync-of-write ${name}`));
    }
  });

  for (const [name, bytes] of [
    ["zeros", Buffer.alloc(300_000)],
    ["a marker without more", Buffer.from(STREAM.slice(0, 8), "hex")],
    ["noise", Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251))],
  ] as const) {
    it(`of ${name} is cut`, async () => {
      await using scene = await SpoolScene.create();
      const rows = await writeThree(scene);
      const { size } = await stat(scene.segment(3));
      await append(scene.segment(3), bytes);
      assert.deepEqual(await adoptedRows(scene), rows);
      assert.equal((await stat(scene.segment(3))).size, size);
    });
  }

  it("may have whole frames behind others of the same write that are not", async () => {
    await using scene = await SpoolScene.create();
    const writer = await scene.begin();
    writer.addForm(formOf(0));
    await writer.append([rowsOf(0, 0, "a")]);
    const [first, second] = await writer.append([rowsOf(0, 1, "b"), rowsOf(0, 2, "c")]);
    await writer.close();
    const bytes = await readFile(scene.segment(1));
    await writeFile(scene.segment(1), bytes.fill(0, first!.position, second!.position));
    assert.deepEqual(await adoptedRows(scene), ["0:a"]);
  });

  it("is not taken for damage because of rows that contain the bytes of frames", async () => {
    await using scene = await SpoolScene.create();
    const writer = await scene.begin();
    writer.addForm(formOf(0));
    await writer.append([rowsOf(0, 0, "a")]);
    await writer.append([rowsOf(0, 1, "b")]);
    const copy = await readFile(scene.segment(1));
    const { position } = writer.end;
    await writer.append([{ form: 0, firstRow: 2, rows: 1, tuples: [copy, copy] }]);
    await writer.close();
    await truncate(scene.segment(1), writer.end.position - 1);
    const stored = await scene.adopt();
    assert.deepEqual(await rowsOfStream(stored), ["0:a", "1:b"]);
    assert.equal(stored.segments[0]?.bytes, position);
  });

  it("is searched for frames only once, though it looks like nothing but frames", async () => {
    await using scene = await SpoolScene.create();
    const writer = await scene.begin();
    writer.addForm(formOf(0));
    await writer.append([rowsOf(0, 0, "a")]);
    const marker = Buffer.from(STREAM.slice(0, 8), "hex");
    const tuples = [Buffer.alloc(4 * 2 ** 20, marker)];
    await writer.append([{ form: 0, firstRow: 1, rows: 1, tuples }]);
    const end = writer.end.position;
    await writer.close();
    await truncate(scene.segment(1), end - 1);
    const disk = new FaultyDisk();
    assert.deepEqual(await rowsOfStream(await scene.adopt(disk)), ["0:a"]);
    assert.ok(disk.bytesRead < 2 * end, `${disk.bytesRead} bytes read`);
  });

  it("is left alone by those who only look", async () => {
    await using scene = await SpoolScene.create();
    const rows = await writeThree(scene);
    await append(scene.segment(3), Buffer.alloc(100));
    const disk = new FaultyDisk();
    assert.deepEqual(await rowsOfStream(await scene.look(disk)), rows);
    assert.deepEqual(
      disk.log.filter((operation) => /^(sync|truncate|remove|write)/.test(operation)),
      [],
    );
  });

  it("that a living process has not synced may be there when it is opened, and gone when it is read", async () => {
    await using scene = await SpoolScene.create();
    const writer = await scene.begin();
    writer.addForm(formOf(0));
    await writer.append([rowsOf(0, 0, "a")]);
    const { position } = writer.end;
    await writer.append([rowsOf(0, 1, "b")]);
    await writer.close();
    const [looked, adopted] = [await scene.look(), await scene.adopt()];
    await truncate(scene.segment(1), position);
    assert.equal((await looked.scan()).get(0)?.endRow, 1);
    await assert.rejects(adopted.scan(), isDamage(scene.segment(1), position));
  });

  it("behind the end of a segment that has a successor is not read", async () => {
    await using scene = await SpoolScene.create();
    const rows = await writeThree(scene);
    await append(scene.segment(1), await readFile(scene.segment(1)));
    assert.deepEqual(await adoptedRows(scene), rows);
  });
});

describe("a segment that was never begun", () => {
  for (const [name, size] of [
    ["empty", 0],
    ["torn", 40],
  ] as const) {
    it(`because its header is ${name} is removed, and the one before it is the newest`, async () => {
      await using scene = await SpoolScene.create();
      const rows = await writeThree(scene);
      const { start } = await firstFrame(scene, 3);
      const header = (await readFile(scene.segment(3))).subarray(0, start);
      await writeFile(scene.segment(3), header.subarray(0, size));
      await append(scene.segment(2), Buffer.alloc(10));
      assert.deepEqual(await rowsOfStream(await scene.look()), rows.slice(0, 4));
      assert.deepEqual(await adoptedRows(scene), rows.slice(0, 4));
      assert.equal((await scene.names()).length, 2);
    });
  }

  it("is all there is when a process was killed at once", async () => {
    await using scene = await SpoolScene.create();
    await writeFile(scene.segment(1), "BCSP");
    const stored = await scene.adopt();
    assert.deepEqual([...(await stored.scan())], []);
    assert.deepEqual(stored.segments, []);
    assert.equal(stored.id, STREAM);
    assert.deepEqual(await scene.names(), []);
  });

  it("cannot be told from a damaged one if nothing says whose it is", async () => {
    await using scene = await SpoolScene.create();
    const directory = join(scene.directory, "moved");
    await mkdir(directory);
    await writeFile(join(directory, "segment-0000000001"), Buffer.alloc(100));
    const opened = StoredStream.open(nodeDisk, directory, true);
    await assert.rejects(opened, isDamage(join(directory, "segment-0000000001"), 0));
  });

  it("is a damaged one if it has frames", async () => {
    await using scene = await SpoolScene.create();
    await writeThree(scene);
    const { start } = await firstFrame(scene, 3);
    const bytes = await readFile(scene.segment(3));
    await writeFile(scene.segment(3), bytes.fill(0, 0, start));
    await assert.rejects(scene.adopt(), isDamage(scene.segment(3), 0));
  });
});

/** Where the first frame of a segment begins. */
async function firstFrame(scene: SpoolScene, number: number): Promise<{ start: number }> {
  const { files } = await scene.look();
  return { start: files.find(number)!.start };
}

describe("a damaged bit", () => {
  it("is found or does no harm anywhere in a stream, but for the last write of all", async () => {
    await using scene = await SpoolScene.create();
    const rows = await writeThree(scene);
    const { start } = await firstFrame(scene, 3);
    const [third] = [(await readFile(scene.segment(3))).length];
    const lastWrite = start + (third - start) / 2;
    for (const number of [1, 2, 3]) {
      const whole = await readFile(scene.segment(number));
      for (let offset = number % EACH; offset < whole.length; offset += EACH) {
        await flip(scene.segment(number), offset, 1 << (offset % 8));
        const found = await adoptedRows(scene).catch((error: unknown) => {
          assert.ok(error instanceof SpoolCorruptError, String(error));
          assert.equal(error.file, scene.segment(number));
          return undefined;
        });
        const isLast = number === 3 && offset >= lastWrite;
        const expected = isLast ? rows.slice(0, 5) : rows;
        if (found !== undefined) {
          assert.deepEqual(found, expected, `segment ${number}, byte ${offset}`);
        }
        await writeFile(scene.segment(number), whole);
      }
    }
  });

  it("in the middle is told with the place of its frame", async () => {
    await using scene = await SpoolScene.create();
    await writeThree(scene);
    const { start } = await firstFrame(scene, 2);
    await flip(scene.segment(2), start + 100);
    const stored = await scene.adopt();
    await assert.rejects(stored.scan(), isDamage(scene.segment(2), start));
    const reader = new FrameReader(stored.files, 0, stored.files.cursorOf(0, 0));
    await reader.next();
    await reader.next();
    await assert.rejects(reader.next(), isDamage(scene.segment(2), start));
    await assert.rejects(reader.next(), isDamage(scene.segment(2), start));
    await reader.close();
  });

  it("in the newest segment is told when it is opened, and nothing is cut", async () => {
    await using scene = await SpoolScene.create();
    await writeThree(scene);
    const { start } = await firstFrame(scene, 3);
    await flip(scene.segment(3), start + 100);
    const { size } = await stat(scene.segment(3));
    await assert.rejects(scene.adopt(), isDamage(scene.segment(3), start));
    assert.equal((await stat(scene.segment(3))).size, size);
  });

  it("is found though the next frame lies across two pieces of what is read", async () => {
    await using scene = await SpoolScene.create();
    const writer = await scene.begin();
    writer.addForm(formOf(0));
    await writer.append([rowsOf(0, 0, "a")]);
    const damaged = writer.end.position;
    // The search begins a byte behind the header, in pieces of 256 KiB; the next one begins 20 before its end.
    const bytes = 256 * 1024 + 1 - 20 - FRAME_HEADER_BYTES;
    await writer.append([rowsOf(0, 1, "x".repeat(bytes - 1))]);
    await writer.append([rowsOf(0, 2, "c")]);
    await writer.close();
    await flip(scene.segment(1), damaged + 100);
    await assert.rejects(scene.adopt(), isDamage(scene.segment(1), damaged));
  });

  it("in a header does not bring refused rows back", async () => {
    await using scene = await SpoolScene.create();
    const disk = new FaultyDisk();
    const writer = await scene.begin({ disk });
    writer.addForm(formOf(0));
    await writer.append([rowsOf(0, 0, "kept")]);
    disk.fail("sync-of-write", "EIO");
    await assert.rejects(writer.append([rowsOf(0, 1, "refused")]), SpoolError);
    await writer.close();
    const whole = await readFile(scene.segment(2));
    for (let offset = 0; offset < whole.length; offset += EACH) {
      await flip(scene.segment(2), offset, 1 << (offset % 8));
      assert.deepEqual(await adoptedRows(scene), ["0:kept"], `byte ${offset}`);
      await writeFile(scene.segment(2), whole);
    }
  });
});

describe("rows that come again", () => {
  it("are damage", async () => {
    await using scene = await SpoolScene.create();
    await writeThree(scene);
    const segment = (await scene.look()).files.find(3)!;
    const { parts } = encodeGroup(segment, [], [rowsOf(0, 5, "again")]);
    await append(scene.segment(3), Buffer.concat(parts));
    await assert.rejects(scene.adopt(), isDamage(scene.segment(3), segment.end));
  });
});

describe("the chain of segments", () => {
  it("shows that one is missing", async () => {
    await using scene = await SpoolScene.create();
    await writeThree(scene);
    await unlink(scene.segment(2));
    await assert.rejects(scene.adopt(), isDamage(scene.segment(3)));
  });

  it("may begin late", async () => {
    await using scene = await SpoolScene.create();
    const rows = await writeThree(scene);
    await unlink(scene.segment(1));
    const stored = await scene.adopt();
    assert.deepEqual(await rowsOfStream(stored), rows.slice(2));
    assert.deepEqual((await stored.scan()).get(0)?.firstRow, 2);
  });

  it("shows that one is too short", async () => {
    await using scene = await SpoolScene.create();
    await writeThree(scene);
    const { size } = await stat(scene.segment(1));
    await truncate(scene.segment(1), size - 1);
    await assert.rejects(scene.adopt(), isDamage(scene.segment(1), size - 1));
  });

  it("shows that one is another stream's, or has another one's number", async () => {
    await using scene = await SpoolScene.create();
    await writeThree(scene);
    await using other = await SpoolScene.create();
    await writeThree(other, crypto.randomUUID());
    await rename(other.segment(2), scene.segment(2));
    await assert.rejects(scene.adopt(), isDamage(scene.segment(2), 0));
    await rename(scene.segment(2), scene.segment(1));
    await rename(scene.segment(3), scene.segment(2));
    await assert.rejects(scene.adopt(), SpoolCorruptError);
  });

  it("is not read if a later version has written it", async () => {
    await using scene = await SpoolScene.create();
    await writeThree(scene);
    const { encodeSegmentHeader } = await import("../../dist/spool/segment-header.js");
    const header = { version: 2 as unknown as 1, stream: STREAM, number: 4, createdAt: "" };
    const bytes = encodeSegmentHeader({ ...header, previous: null, forms: [] });
    await writeFile(scene.segment(4), bytes);
    await assert.rejects(scene.adopt(), /format 2/);
  });
});

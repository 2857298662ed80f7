import assert from "node:assert/strict";
import { cp, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, it } from "node:test";

import { SpoolError } from "../../dist/errors.js";
import { nodeDisk } from "../../dist/spool/node-disk.js";
import { StoredStream } from "../../dist/spool/stored-stream.js";
import type { StreamWriter } from "../../dist/spool/stream-writer.js";
import { UncertainError } from "../../dist/spool/uncertain-error.js";
import { FakeClock } from "../helpers/fake-clock.js";
import { FaultyDisk, type Operation } from "../helpers/spool/faulty-disk.js";
import { formOf, readRows, rowsOf, SpoolScene } from "../helpers/spool/scene.js";
import { isWaitingWhen, whileTimePasses } from "../helpers/spool/while-time-passes.js";

const FIRST = "segment-0000000001";
const SECOND = "segment-0000000002";

interface Play {
  readonly scene: SpoolScene;
  readonly disk: FaultyDisk;
  readonly clock: FakeClock;
  readonly writer: StreamWriter;
}

/** A stream with one durable row, "0:kept". */
async function begin(
  scene: SpoolScene,
  settings: { maxBytes?: number; retainMs?: number; segmentBytes?: number } = {},
): Promise<Play> {
  const disk = new FaultyDisk();
  const clock = new FakeClock();
  const writer = await scene.begin({ disk, clock, ...settings });
  writer.addForm(formOf(0));
  await writer.append([rowsOf(0, 0, "kept")]);
  return { scene, disk, clock, writer };
}

/** The rows that the next life finds if this one is killed now. */
async function rowsAfterKill({ directory }: SpoolScene, table = 0): Promise<readonly string[]> {
  const copy = await mkdtemp(join(tmpdir(), `${basename(directory)}-`));
  try {
    await cp(directory, copy, { recursive: true });
    const stored = await StoredStream.open(nodeDisk, copy, true);
    await stored.scan();
    return await readRows(stored.files, table);
  } finally {
    await rm(copy, { recursive: true });
  }
}

function troublesOf({ troubles }: SpoolScene): readonly string[] {
  return troubles.map(({ kind }) => kind);
}

describe("after a failed sync", () => {
  it("rows are refused, although they are in the file, and their numbers can be used again", async () => {
    await using scene = await SpoolScene.create();
    const { disk, writer } = await begin(scene);
    disk.fail("sync-of-write", "EIO");
    await assert.rejects(writer.append([rowsOf(0, 1, "refused")]), (error) => {
      assert.ok(error instanceof SpoolError && !(error instanceof UncertainError));
      assert.match(error.message, /segment-0000000001/);
      assert.equal((error.cause as NodeJS.ErrnoException).code, "EIO");
      return true;
    });
    assert.deepEqual(await rowsAfterKill(scene), ["0:kept"]);
    assert.deepEqual(troublesOf(scene), ["failed"]);
    await writer.append([rowsOf(0, 1, "later")]);
    assert.deepEqual(await rowsAfterKill(scene), ["0:kept", "1:later"]);
    assert.deepEqual(await readRows(writer.files, 0), ["0:kept", "1:later"]);
  });

  it("the file is only closed, and the next segment and its directory are synced before that is told", async () => {
    await using scene = await SpoolScene.create();
    const { disk, writer } = await begin(scene);
    disk.fail("sync-of-write", "EIO");
    await assert.rejects(writer.append([rowsOf(0, 1, "refused")]), SpoolError);
    assert.deepEqual(disk.since("sync-of-write", FIRST), [
      `close ${FIRST}`,
      `create ${SECOND}`,
      `write ${SECOND}`,
      `sync-of-write ${SECOND}`,
      `sync-directory ${basename(scene.directory)}`,
    ]);
    await writer.append([rowsOf(0, 1, "later")]);
    assert.ok(!disk.since("close", FIRST).some((operation) => operation.endsWith(FIRST)));
  });

  it("of a segment that has no frames yet, another one follows it", async () => {
    await using scene = await SpoolScene.create();
    const { disk, writer } = await begin(scene);
    for (let attempt = 0; attempt < 3; attempt++) {
      disk.fail("sync-of-write", "EIO");
      await assert.rejects(writer.append([rowsOf(0, 1, `refused ${attempt}`)]), SpoolError);
      assert.deepEqual(await rowsAfterKill(scene), ["0:kept"]);
    }
    await writer.append([rowsOf(0, 1, "later")]);
    assert.deepEqual(await rowsAfterKill(scene), ["0:kept", "1:later"]);
    assert.equal(writer.segments.length, 4);
  });

  for (const [operation, code] of [
    ["create", "ENOSPC"],
    ["create", "EIO"],
    ["write", "EIO"],
    ["sync-of-write", "ENOSPC"],
    ["sync-directory", "EIO"],
  ] satisfies [Operation, string][]) {
    it(`nothing is told as long as the next segment fails: ${operation}, ${code}`, async () => {
      await using scene = await SpoolScene.create();
      const { clock, disk, writer } = await begin(scene);
      disk.fail("sync-of-write", "EIO");
      disk.fail(operation, code, Infinity);
      const append = writer.append([rowsOf(0, 1, "refused")]);
      const hasTriedAgain = (): boolean => scene.troubles.length >= 6;
      assert.ok(await isWaitingWhen(hasTriedAgain, clock, append));
      assert.deepEqual(troublesOf(scene).slice(0, 3), ["failed", "segment", "segment"]);
      disk.heal();
      await assert.rejects(whileTimePasses(clock, append), SpoolError);
      assert.deepEqual(await rowsAfterKill(scene), ["0:kept"]);
      await writer.append([rowsOf(0, 1, "later")]);
      assert.deepEqual(await rowsAfterKill(scene), ["0:kept", "1:later"]);
    });
  }

  it("nothing is told as long as the header of the next segment does not fit", async () => {
    await using scene = await SpoolScene.create();
    const { clock, disk, writer } = await begin(scene);
    disk.fail("write", "EIO");
    disk.writeLess(100, Infinity);
    const append = writer.append([rowsOf(0, 1, "refused")]);
    assert.ok(await isWaitingWhen(() => scene.troubles.length >= 3, clock, append));
    disk.heal();
    await assert.rejects(whileTimePasses(clock, append), SpoolError);
    assert.deepEqual(await rowsAfterKill(scene), ["0:kept"]);
  });

  it("it is uncertain whether rows are read, if the stream is closed before the next segment", async () => {
    await using scene = await SpoolScene.create();
    const { clock, disk, writer } = await begin(scene);
    disk.fail("sync-of-write", "EIO");
    disk.fail("create", "EIO", Infinity);
    const append = writer.append([rowsOf(0, 1, "uncertain")]);
    assert.ok(await isWaitingWhen(() => scene.troubles.length >= 3, clock, append));
    await Promise.all([assert.rejects(append, UncertainError), writer.close()]);
    assert.deepEqual(await rowsAfterKill(scene), ["0:kept", "1:uncertain"]);
  });

  it("forms that came with refused rows are known", async () => {
    await using scene = await SpoolScene.create();
    const { disk, writer } = await begin(scene);
    const form = writer.addForm(formOf(1));
    disk.fail("write", "EIO");
    await assert.rejects(writer.append([rowsOf(form, 0, "refused")]), SpoolError);
    await writer.append([rowsOf(form, 0, "later")]);
    assert.deepEqual(await rowsAfterKill(scene, 1), ["0:later"]);
    assert.equal(disk.parts.length, 2, "a frame of rows and none of a form");
  });
});

describe("while the disk is full", () => {
  for (const bytes of [0, 1, 44, 60]) {
    it(`rows of which ${bytes} bytes were written are cut, and written at the same place later`, async () => {
      await using scene = await SpoolScene.create();
      const { clock, disk, writer } = await begin(scene);
      const { position } = writer.end;
      disk.writeLess(bytes, 3);
      const append = writer.append([rowsOf(0, 1, "a"), rowsOf(0, 2, "b")]);
      assert.ok(await isWaitingWhen(() => scene.troubles.length > 0, clock, append));
      assert.equal((await stat(scene.segment(1))).size, position);
      assert.deepEqual(await rowsAfterKill(scene), ["0:kept"]);
      const [cursor] = await whileTimePasses(clock, append);
      assert.deepEqual(cursor, { segment: 1, position });
      assert.deepEqual(await rowsAfterKill(scene), ["0:kept", "1:a", "2:b"]);
      assert.deepEqual(troublesOf(scene), ["full"]);
      assert.equal(disk.log.filter((one) => one === `truncate ${FIRST}`).length, 3);
    });
  }

  it("rows whose rest cannot be cut go to the next segment", async () => {
    await using scene = await SpoolScene.create();
    const { clock, disk, writer } = await begin(scene);
    disk.writeLess(60);
    disk.fail("truncate", "ENOSPC");
    const append = writer.append([rowsOf(0, 1, "a"), rowsOf(0, 2, "b")]);
    const [cursor] = await whileTimePasses(clock, append);
    assert.equal(cursor?.segment, 2);
    assert.deepEqual(await rowsAfterKill(scene), ["0:kept", "1:a", "2:b"]);
  });

  it("rows whose sync finds no space are not refused either", async () => {
    await using scene = await SpoolScene.create();
    const { clock, disk, writer } = await begin(scene);
    disk.fail("sync-of-write", "EDQUOT");
    await whileTimePasses(clock, writer.append([rowsOf(0, 1, "a")]));
    assert.deepEqual(await rowsAfterKill(scene), ["0:kept", "1:a"]);
  });

  it("close() refuses the rows that wait, for certain", async () => {
    await using scene = await SpoolScene.create();
    const { clock, disk, writer } = await begin(scene);
    disk.writeLess(50, Infinity);
    const append = writer.append([rowsOf(0, 1, "refused")]);
    assert.ok(await isWaitingWhen(() => scene.troubles.length > 0, clock, append));
    await Promise.all([
      assert.rejects(append, (error) => !(error instanceof UncertainError)),
      writer.close(),
    ]);
    assert.deepEqual(await rowsAfterKill(scene), ["0:kept"]);
  });

  it("a segment whose rows are committed gives way, also the one that is being written", async () => {
    await using scene = await SpoolScene.create();
    const { clock, disk, writer } = await begin(scene);
    disk.writeLess(0);
    const append = writer.append([rowsOf(0, 1, "a")]);
    await writer.removePassed(() => 1);
    await whileTimePasses(clock, append);
    assert.deepEqual(await scene.names(), [SECOND]);
  });
});

describe("at maxBytes", () => {
  it("rows wait until segments are removed, with one warning", async () => {
    await using scene = await SpoolScene.create();
    const { clock, writer } = await begin(scene, { maxBytes: 35_000, segmentBytes: 1 });
    const large = "x".repeat(10_000);
    await writer.append([rowsOf(0, 1, large)]);
    await writer.append([rowsOf(0, 2, large)]);
    const append = writer.append([rowsOf(0, 3, large, large)]);
    const hasPassed = (): boolean => scene.troubles.length > 0 && clock.now() > 20_000;
    assert.ok(await isWaitingWhen(hasPassed, clock, append));
    assert.deepEqual(troublesOf(scene), ["full"]);
    assert.equal(await writer.removePassed(() => 2), 2);
    await append;
    const found = await rowsAfterKill(scene);
    assert.deepEqual(
      found,
      [2, 3, 4].map((row) => `${row}:${large}`),
    );
    assert.ok(writer.bytes <= 35_000);
  });

  it("the segment that is being written gives way when its rows are committed", async () => {
    await using scene = await SpoolScene.create();
    const { clock, writer } = await begin(scene, { maxBytes: 3000 });
    const large = "x".repeat(1000);
    await writer.append([rowsOf(0, 1, large)]);
    const append = writer.append([rowsOf(0, 2, large, large)]);
    assert.ok(await isWaitingWhen(() => scene.troubles.length > 0, clock, append));
    assert.equal(await writer.removePassed(() => 2), 0);
    await append;
    assert.deepEqual(await scene.names(), [SECOND]);
  });

  it("rows that are larger than it wait until nothing else is there", async () => {
    await using scene = await SpoolScene.create();
    const { clock, writer } = await begin(scene, { maxBytes: 1000 });
    const append = writer.append([rowsOf(0, 1, "x".repeat(5000))]);
    assert.ok(await isWaitingWhen(() => scene.troubles.length > 0, clock, append));
    await writer.removePassed(() => 1);
    await append;
    assert.deepEqual(await rowsAfterKill(scene), [`1:${"x".repeat(5000)}`]);
  });

  it("close() refuses the rows that wait, for certain", async () => {
    await using scene = await SpoolScene.create();
    const { writer } = await begin(scene, { maxBytes: 1000 });
    const append = writer.append([rowsOf(0, 1, "x".repeat(5000))]);
    const refused = assert.rejects(append, (error) => !(error instanceof UncertainError));
    await Promise.all([refused, writer.close()]);
    assert.deepEqual(await rowsAfterKill(scene), ["0:kept"]);
  });
});

describe("a stream that another process has taken", () => {
  it("leaves it uncertain whether rows are read, and is not written any more", async () => {
    await using scene = await SpoolScene.create();
    const { disk, writer } = await begin(scene);
    let asked = 0;
    Object.defineProperty(scene, "isOurs", { get: () => ++asked < 2 });
    await assert.rejects(writer.append([rowsOf(0, 1, "uncertain")]), UncertainError);
    const { length } = disk.log;
    Object.defineProperty(scene, "isOurs", { value: true });
    await assert.rejects(writer.append([rowsOf(0, 1, "refused")]), (error) => {
      return error instanceof SpoolError && !(error instanceof UncertainError);
    });
    assert.equal(disk.log.length, length);
    await writer.removePassed(() => 1);
    await writer.close();
    assert.deepEqual(await scene.names(), [FIRST], "its files are the other's");
  });
});

describe("rows that wait when another process takes the stream", () => {
  it("for room are refused for certain", async () => {
    await using scene = await SpoolScene.create();
    const { clock, writer } = await begin(scene, { maxBytes: 1000 });
    const append = writer.append([rowsOf(0, 1, "x".repeat(5000))]);
    assert.ok(await isWaitingWhen(() => scene.troubles.length > 0, clock, append));
    scene.isOurs = false;
    await assert.rejects(whileTimePasses(clock, append), (error) => {
      return error instanceof SpoolError && !(error instanceof UncertainError);
    });
  });

  it("for the next segment after a failed sync may be read by that one", async () => {
    await using scene = await SpoolScene.create();
    const { clock, disk, writer } = await begin(scene);
    disk.fail("sync-of-write", "EIO");
    disk.fail("create", "ENOENT", Infinity);
    const append = writer.append([rowsOf(0, 1, "uncertain")]);
    assert.ok(await isWaitingWhen(() => scene.troubles.length > 1, clock, append));
    scene.isOurs = false;
    await assert.rejects(whileTimePasses(clock, append), UncertainError);
  });
});

describe("segments whose rows are committed", () => {
  it("are removed, the oldest first, each before the next one; never the one being written", async () => {
    await using scene = await SpoolScene.create();
    const { disk, writer } = await begin(scene, { segmentBytes: 1 });
    const other = writer.addForm(formOf(1));
    await writer.append([rowsOf(0, 1, "b")]);
    await writer.append([rowsOf(other, 0, "x"), rowsOf(0, 2, "c")]);
    await writer.append([rowsOf(0, 3, "d")]);
    const { length } = disk.log;
    assert.equal(await writer.removePassed((table) => [4, 0][table] ?? 0), 2);
    const sync = `sync-directory ${basename(scene.directory)}`;
    assert.deepEqual(disk.log.slice(length), [`remove ${FIRST}`, sync, `remove ${SECOND}`, sync]);
    assert.deepEqual(await rowsAfterKill(scene), ["2:c", "3:d"]);
    assert.equal(await writer.removePassed(() => 4), 1);
    assert.deepEqual(await rowsAfterKill(scene), ["3:d"]);
  });

  it("do not include one that was empty when the removal began, and has rows when its turn comes", async () => {
    await using scene = await SpoolScene.create();
    const { disk, writer } = await begin(scene, { segmentBytes: 700 });
    disk.fail("write", "EIO");
    await assert.rejects(writer.append([rowsOf(0, 1, "refused")]), SpoolError);
    const remove = disk.remove.bind(disk);
    disk.remove = async (path): Promise<void> => {
      disk.remove = remove;
      await writer.append([rowsOf(0, 1, "b".repeat(500))]);
      await writer.append([rowsOf(0, 2, "c")]);
      await remove(path);
    };
    assert.equal(await writer.removePassed(() => 1), 1);
    assert.deepEqual(await rowsAfterKill(scene), [`1:${"b".repeat(500)}`, "2:c"]);
  });

  it("stay for retainMs after the last of their rows, not after those before", async () => {
    await using scene = await SpoolScene.create();
    const { clock, writer } = await begin(scene, { segmentBytes: 600, retainMs: 60_000 });
    await writer.removePassed(() => 1);
    clock.pass(50_000);
    await writer.append([rowsOf(0, 1, "b".repeat(400))]);
    await writer.append([rowsOf(0, 2, "c")]);
    assert.equal(writer.segments.length, 2);
    clock.pass(10_000);
    assert.equal(await writer.removePassed(() => 2), 0);
    clock.pass(60_000);
    assert.equal(await writer.removePassed(() => 2), 1);
  });

  it("stay for retainMs, from when their rows were seen to be committed", async () => {
    await using scene = await SpoolScene.create();
    const { clock, writer } = await begin(scene, { segmentBytes: 1, retainMs: 60_000 });
    await writer.append([rowsOf(0, 1, "b")]);
    clock.pass(100_000);
    assert.equal(await writer.removePassed(() => 2), 0);
    clock.pass(59_999);
    assert.equal(await writer.removePassed(() => 2), 0);
    clock.pass(1);
    assert.equal(await writer.removePassed(() => 2), 1);
  });

  it("stay for retainMs again, if the server has forgotten the commits", async () => {
    await using scene = await SpoolScene.create();
    const { clock, writer } = await begin(scene, { segmentBytes: 1, retainMs: 60_000 });
    await writer.append([rowsOf(0, 1, "b")]);
    await writer.removePassed(() => 2);
    clock.pass(50_000);
    await writer.removePassed(() => 0);
    clock.pass(50_000);
    assert.equal(await writer.removePassed(() => 2), 0);
    clock.pass(60_000);
    assert.equal(await writer.removePassed(() => 2), 1);
  });

  for (const operation of ["remove", "sync-directory"] satisfies Operation[]) {
    it(`are removed later if that fails: ${operation}`, async () => {
      await using scene = await SpoolScene.create();
      const { disk, writer } = await begin(scene, { segmentBytes: 1 });
      await writer.append([rowsOf(0, 1, "b")]);
      disk.fail(operation, "EIO");
      assert.equal(await writer.removePassed(() => 2), 0);
      assert.deepEqual(troublesOf(scene), ["removal"]);
      assert.equal(writer.segments.length, 2);
      assert.equal(await writer.removePassed(() => 2), 1);
      assert.deepEqual(await scene.names(), [SECOND]);
    });
  }

  it("are all removed by close(), and what is not committed stays", async () => {
    await using scene = await SpoolScene.create();
    const { writer } = await begin(scene, { segmentBytes: 1 });
    await writer.append([rowsOf(0, 1, "b")]);
    await writer.removePassed(() => 1);
    await writer.close();
    assert.deepEqual(await rowsAfterKill(scene), ["1:b"]);
  });

  it("leave nothing when all are committed", async () => {
    await using scene = await SpoolScene.create();
    const { writer } = await begin(scene, { segmentBytes: 1 });
    await writer.append([rowsOf(0, 1, "b")]);
    await writer.removePassed(() => 2);
    await writer.close();
    assert.deepEqual(await scene.names(), []);
  });
});

describe("a stream", () => {
  it("refuses to write rows whose numbers it has already", async () => {
    await using scene = await SpoolScene.create();
    const { writer } = await begin(scene);
    await assert.rejects(writer.append([rowsOf(0, 0, "again")]), /cannot begin with number 0/);
    const twice = writer.append([rowsOf(0, 1, "a", "b"), rowsOf(0, 2, "c")]);
    await assert.rejects(twice, /cannot begin with number 2/);
    assert.deepEqual(await rowsAfterKill(scene), ["0:kept"]);
  });
});

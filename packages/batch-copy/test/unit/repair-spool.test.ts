import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, it } from "node:test";

import { readSpool, repairSpool } from "../../dist/index.js";
import { AliveSocket } from "../../dist/spool/alive-socket.js";
import { encodeFrameHeader, frameKey } from "../../dist/spool/frame.js";
import { SeededRandom } from "../helpers/fault/seeded-random.js";
import { DamagedScene, TABLES } from "../helpers/spool/damaged-scene.js";
import { LifeScene, writerOf } from "../helpers/spool/life-scene.js";
import { formOf, rowsOf } from "../helpers/spool/scene.js";

describe("readSpool()", () => {
  it("tells what each stream has, and whether its process lives", async () => {
    await using scene = await DamagedScene.create();
    const { lives } = scene;
    const life = await lives.start();
    const alive = await life.begin();
    const [dead, other, ...more] = await readSpool(lives.path);
    assert.deepEqual(more, []);
    assert.equal(dead?.id, scene.id);
    assert.equal(basename(dead.directory), `${dead.id}.${dead.owner}`);
    assert.deepEqual(
      [dead.isAlive, dead.obstacle, dead.damage, dead.segments],
      [false, undefined, undefined, (await scene.segments()).length],
    );
    const sizes = await Promise.all((await scene.segments()).map((path) => readFile(path)));
    assert.equal(
      dead.bytes,
      sizes.reduce((sum, { length }) => sum + length, 0),
    );
    assert.deepEqual(
      dead.tables.map(({ since, ...table }) => [table, since.getTime()]),
      TABLES.map((table) => [
        { name: formOf(table).name, rows: 48, firstRow: 0, lastRow: 47 },
        dead.createdAt.getTime(),
      ]),
    );
    assert.deepEqual([other?.id, other?.isAlive, other?.segments], [alive, true, 0]);
  });

  it("changes nothing, also if there is damage, which it names", async () => {
    await using scene = await DamagedScene.create();
    await scene.change(1, flippedAt(-10));
    const path = (await scene.segments())[1]!;
    const before = await snapshot(scene);
    const [stream] = await readSpool(scene.lives.path);
    assert.equal(stream?.damage?.code, "SPOOL_CORRUPT");
    assert.equal(stream.damage.file, path);
    assert.deepEqual(await snapshot(scene), before);
  });

  it("works while a stream is written and its segments are removed", async () => {
    await using scene = await LifeScene.create();
    const directory = await scene.open();
    const stream = await directory.begin();
    const writer = await writerOf(stream, 500);
    const form = writer.addForm(formOf(0));
    const rows = { count: 0 };
    const over = new AbortController();
    const writing = (async () => {
      for (; !over.signal.aborted; rows.count++) {
        await writer.append([rowsOf(form, rows.count, "a".repeat(100))]);
        await writer.removePassed(() => rows.count - 3);
      }
    })();
    try {
      for (let look = 0; look < 20 || rows.count < 30; look++) {
        const [seen] = await readSpool(scene.path);
        assert.equal(seen?.damage, undefined);
        assert.ok(seen?.isAlive);
      }
    } finally {
      over.abort();
      await writing;
    }
    await writer.close();
    await stream.end();
    assert.deepEqual(await readSpool(scene.path), []);
  });

  it("refuses what is no directory", async () => {
    await assert.rejects(readSpool("/no/such/place"), {
      code: "SPOOL_FAILED",
      message: /^cannot use the spool directory \/no\/such\/place: ENOENT/,
    });
    await assert.rejects(readSpool(""), { code: "INVALID_OPTION" });
  });
});

describe("repairSpool()", () => {
  it("touches nothing that is sound, or alive", async () => {
    await using scene = await DamagedScene.create();
    const life = await scene.lives.start();
    const alive = await life.begin();
    const before = await snapshot(scene);
    assert.deepEqual(await repairSpool(scene.lives.path, { adopt: true }), {
      repaired: [],
      skipped: [{ id: alive, reason: "its process lives" }],
    });
    assert.deepEqual(await snapshot(scene), before);
    assert.deepEqual(await life.tell({ do: "ours" }), [alive]);
  });

  const damages: readonly (readonly [what: string, place: number, damage: Damage, lost: number])[] =
    [
      ["a bit of a row is flipped", 1, flippedAt(-10), 4],
      ["a bit of the last file's first rows is flipped", -1, flippedInFirstRows, 4],
      ["the end of a file is missing", 1, (bytes) => bytes.subarray(0, -50), 4],
      ["all but the header of a file is zero", 1, (bytes) => zeroed(bytes, 700), 8],
      ["the headers of a file are zero", 1, (bytes) => zeroed(bytes, 0, 500), 0],
      ["a file is missing", 1, () => undefined, 16],
      ["a file is empty", 1, () => Buffer.alloc(0), 16],
      ["the headers of the last file are zero", -1, (bytes) => zeroed(bytes, 0, 500), 0],
      ["the headers of the first file are zero", 0, (bytes) => zeroed(bytes, 0, 200), 0],
    ];
  for (const [what, place, damage, leastLost] of damages) {
    it(`saves all rows that can be read if ${what}`, async () => {
      await using scene = await DamagedScene.create();
      await scene.change(place, damage);
      const damaged = (await scene.segments()).at(place)!;
      const bytes = await readFile(damaged);
      await assert.rejects(scene.read(), { code: "SPOOL_CORRUPT" });
      const { repaired, skipped } = await repairSpool(scene.lives.path);
      assert.deepEqual(skipped, []);
      const [{ id, moved, rowsLost } = { id: "", moved: [], rowsLost: 0 }] = repaired;
      assert.equal(repaired.length, 1);
      assert.equal(id, scene.id);
      checkSaved(scene.written, await scene.read(), rowsLost);
      assert.ok(rowsLost >= leastLost, `${rowsLost} rows are lost`);
      if (what !== "a file is missing") {
        assert.equal(moved.length, 1);
        assert.match(basename(moved[0]!), new RegExp(`^damaged-${scene.id}-\\d+$`));
        assert.deepEqual(await readFile(moved[0]!), bytes);
      }
      const [stream] = await readSpool(scene.lives.path);
      assert.deepEqual(
        [stream?.damage, stream?.isAlive, stream?.obstacle],
        [undefined, false, undefined],
      );
      const directory = await scene.lives.open();
      assert.deepEqual(
        (await directory.dead()).map((dead) => dead.id),
        [scene.id],
      );
    });
  }

  it("saves the rows of other tables if the form of one cannot be read", async () => {
    await using scene = await DamagedScene.create(2);
    await scene.change(0, (bytes) => flippedAt(bytes.indexOf("t0") - bytes.length)(bytes));
    await assert.rejects(scene.read(), { code: "SPOOL_CORRUPT" });
    await repairSpool(scene.lives.path);
    assert.deepEqual(await scene.read(), [[], scene.written[1]]);
  });

  it("keeps rows with the same numbers only once", async () => {
    await using scene = await LifeScene.create();
    const stream = await (await scene.open()).begin();
    const writer = await writerOf(stream);
    const form = writer.addForm(formOf(0));
    await writer.append([rowsOf(form, 0, "first")]);
    await writer.close();
    await stream.leave();
    const path = join(stream.directory, "segment-0000000001");
    const bytes = await readFile(path);
    const rows = { kind: "rows", form, rows: 1, firstRow: 0, synced: bytes.length } as const;
    const again = [Buffer.from("again\n")];
    const header = encodeFrameHeader(frameKey(stream.id, 1), bytes.length, rows, again);
    await writeFile(path, Buffer.concat([bytes, header, ...again]));
    const [before] = await readSpool(scene.path);
    assert.match(before?.damage?.message ?? "", /row 0 comes again/);
    const { repaired } = await repairSpool(scene.path);
    assert.equal(repaired[0]?.rowsLost, 0);
    const [after] = await readSpool(scene.path);
    assert.deepEqual([after?.tables[0]?.rows, after?.tables[0]?.lastRow], [1, 0]);
  });

  it("takes rows that were half written for no damage", async () => {
    await using scene = await DamagedScene.create();
    await scene.change(1, (bytes) => zeroed(bytes, 0, 500));
    const whole = (await readFile((await scene.segments()).at(-1)!)).length;
    await scene.change(-1, (bytes) => Buffer.concat([bytes, Buffer.alloc(1000, "half")]));
    const { repaired } = await repairSpool(scene.lives.path);
    assert.equal(repaired[0]?.moved.length, 1);
    assert.equal((await readFile((await scene.segments()).at(-1)!)).length, whole);
  });

  it("mends any damage of some bytes, and again", async () => {
    await using scene = await DamagedScene.create();
    const seed = Number(process.env["SEED"] ?? 1);
    const random = new SeededRandom(seed);
    const runs = Number(process.env["RUNS"] ?? 60);
    for (let run = 0; run < runs; run++) {
      const before = await scene.read();
      const place = random.below((await scene.segments()).length);
      await scene.change(place, (bytes) => {
        const start = random.below(bytes.length);
        return zeroed(bytes, start, start + 1 + random.below(300));
      });
      const { repaired } = await repairSpool(scene.lives.path);
      const rowsLost = repaired[0]?.rowsLost ?? 0;
      const saved = await scene.read();
      // Damage of what is void already may be taken for a loss of rows.
      checkSaved(scene.written, saved, rowsLost);
      assert.ok(repaired.length > 0 || countOf(before) - countOf(saved) <= MOST_TORN);
    }
  });

  it("completes a repair that was cut off", async () => {
    await using scene = await DamagedScene.create();
    await scene.change(1, flippedAt(-10));
    await repairSpool(scene.lives.path);
    const saved = await scene.read();
    const path = (await scene.segments())[1]!;
    await rename(path, path.replace("segment-", "mended-"));
    await repairSpool(scene.lives.path);
    assert.deepEqual(await scene.read(), saved);
    await scene.change(1, flippedAt(-200));
    await writeFile((await scene.segments())[1]!.replace("segment-", "mended-"), "half");
    assert.equal((await repairSpool(scene.lives.path)).repaired[0]?.moved.length, 1);
    await scene.read();
    assert.ok(
      (await readdir(await scene.directory())).every((name) => !name.startsWith("mended-")),
    );
  });

  it("keeps what it has moved aside before", async () => {
    await using scene = await DamagedScene.create();
    await scene.change(1, flippedAt(-10));
    await repairSpool(scene.lives.path);
    await scene.change(1, flippedAt(-300));
    await repairSpool(scene.lives.path);
    const names = (await scene.lives.names()).filter((name) => name.startsWith("damaged-"));
    assert.deepEqual(names.toSorted(), [`damaged-${scene.id}-2`, `damaged-${scene.id}-2.2`]);
  });

  it("lets a stream be adopted that was left for a reason", async () => {
    await using scene = await LifeScene.create();
    const directory = await scene.open();
    const stream = await directory.begin();
    await stream.leave("the ledger does not know it");
    assert.deepEqual(await directory.dead(), []);
    assert.equal((await readSpool(scene.path))[0]?.obstacle, "the ledger does not know it");
    const { repaired } = await repairSpool(scene.path, { stream: stream.id });
    assert.deepEqual(repaired, [{ id: stream.id, moved: [], rowsLost: 0 }]);
    assert.deepEqual(
      (await directory.dead()).map(({ id }) => id),
      [stream.id],
    );
  });

  it("lets a stream without a socket be adopted only when it is told to", async (context) => {
    await using scene = await LifeScene.create();
    const directory = await scene.open();
    const open = context.mock.method(AliveSocket, "open", () =>
      Promise.reject(new Error("ENOTSUP")),
    );
    const { id } = await directory.begin();
    open.mock.restore();
    const { skipped } = await repairSpool(scene.path);
    assert.deepEqual(skipped, [
      { id, reason: "it has no socket that could tell whether its process lives" },
    ]);
    assert.deepEqual(await directory.dead(), []);
    const { repaired } = await repairSpool(scene.path, { adopt: true });
    assert.deepEqual(repaired, [{ id, moved: [], rowsLost: 0 }]);
    assert.equal((await directory.dead()).length, 1);
  });

  it("refuses what it does not know", async () => {
    const path = await mkdtemp(join(tmpdir(), "spool-"));
    const none = "00000000-0000-4000-8000-000000000000";
    await assert.rejects(repairSpool(path, { stream: none }), {
      code: "INVALID_OPTION",
      message: `there is no stream '${none}' in ${path}`,
    });
    await assert.rejects(
      repairSpool(path, { adopt: "yes" as never }),
      /adopt must be true or false/,
    );
    await assert.rejects(repairSpool(path, { all: true } as never), /Unknown option "all"/);
    await rm(path, { recursive: true });
  });
});

type Damage = (bytes: Buffer) => Buffer | undefined;

/** Flips a bit so many bytes before the end. */
function flippedAt(offset: number): (bytes: Buffer) => Buffer {
  return (bytes) => {
    const changed = Buffer.from(bytes);
    const at = changed.length + offset;
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    return changed;
  };
}

function flippedInFirstRows(bytes: Buffer): Buffer {
  return flippedAt(bytes.indexOf("xxx") - bytes.length)(bytes);
}

function zeroed(bytes: Buffer, start: number, end = bytes.length): Buffer {
  return Buffer.from(bytes).fill(0, start, Math.min(end, bytes.length));
}

/** The end of the last file may look like rows that were never synced. */
const MOST_TORN = 24;

function countOf(tables: readonly (readonly string[])[]): number {
  return tables.reduce((sum, { length }) => sum + length, 0);
}

/** Rows are saved in order and as they were, and not more are counted as lost than are. */
function checkSaved(
  written: readonly (readonly string[])[],
  saved: readonly (readonly string[])[],
  rowsLost: number,
): void {
  let missing = 0;
  for (const table of TABLES) {
    const kept = new Set(saved[table]);
    assert.deepEqual(
      saved[table],
      written[table]!.filter((row) => kept.has(row)),
    );
    missing += written[table]!.length - kept.size;
  }
  assert.ok(rowsLost <= missing, `${rowsLost} rows are said to be lost, and ${missing} are`);
}

/** All files of a spool and their bytes. */
async function snapshot({ lives }: DamagedScene): Promise<readonly (readonly [string, string])[]> {
  const entries = await readdir(lives.path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path, (await readFile(path)).toString("hex")] as const;
    }),
  );
}

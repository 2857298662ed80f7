import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";

import { nodeDisk } from "../../dist/spool/node-disk.js";
import { SpoolScene } from "../helpers/spool/scene.js";

describe("the disk of Node", () => {
  it("writes parts at a position, more than the system takes at once, and reads them", async () => {
    await using scene = await SpoolScene.create();
    const path = join(scene.directory, "file");
    const file = await nodeDisk.create(path);
    const parts = Array.from({ length: 5000 }, (_, i) => Buffer.from(`${i},`));
    const whole = Buffer.concat(parts);
    assert.equal(await file.writeDurably(parts, 3), whole.length);
    assert.equal(await file.size(), whole.length + 3);
    const buffer = Buffer.alloc(whole.length + 10);
    assert.equal(await file.read(buffer, 3), whole.length);
    assert.deepEqual(buffer.subarray(0, whole.length), whole);
    await file.truncateDurably(5);
    await file.close();
    assert.deepEqual(await readFile(path), Buffer.from([0, 0, 0, 0x30, 0x2c]));
  });

  it("has the errors of Node", async () => {
    await using scene = await SpoolScene.create();
    const path = join(scene.directory, "file");
    await assert.rejects(nodeDisk.open(path), { code: "ENOENT" });
    await assert.rejects(nodeDisk.remove(path), { code: "ENOENT" });
    await (await nodeDisk.create(path)).close();
    await assert.rejects(nodeDisk.create(path), { code: "EEXIST" });
    await assert.rejects(nodeDisk.syncDirectory(join(path, "below")), { code: "ENOTDIR" });
  });

  it("makes, lists, renames and removes", async () => {
    await using scene = await SpoolScene.create();
    const [one, two] = [join(scene.directory, "one"), join(scene.directory, "two")];
    await nodeDisk.makeDirectory(one);
    await nodeDisk.rename(one, two);
    await nodeDisk.syncDirectory(scene.directory);
    assert.deepEqual(await nodeDisk.list(scene.directory), ["two"]);
    assert.deepEqual([nodeDisk.exists(one), nodeDisk.exists(two)], [false, true]);
    await nodeDisk.removeDirectory(two);
    assert.deepEqual(await nodeDisk.list(scene.directory), []);
  });

  it("has written nothing if the disk is full", { skip: !existsSync("/dev/full") }, async () => {
    const file = await nodeDisk.open("/dev/full");
    assert.equal(await file.writeDurably([Buffer.from("text")], 0), 0);
    await file.close();
  });
});

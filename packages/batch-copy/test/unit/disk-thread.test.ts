import assert from "node:assert/strict";
import { pbkdf2 } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { nodeDisk } from "../../dist/spool/node-disk.js";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "batch-copy-disk-"));
});
after(() => rm(folder, { recursive: true }));

/** Occupies all threads that Node's own calls share; resolves when the first one is free again. */
function occupyPool(): Promise<void> {
  const calls = Array.from(
    { length: 8 },
    () =>
      new Promise<void>((resolve) => {
        pbkdf2("secret", "salt", 3_000_000, 64, "sha512", () => resolve());
      }),
  );
  return Promise.race(calls);
}

describe("the thread for the spool's files", () => {
  it("writes and syncs while all threads of Node's pool are busy", async () => {
    const file = await nodeDisk.create(join(folder, "busy"));
    const isFree = occupyPool().then(() => "the pool is free");
    const isWritten = file.writeDurably([Buffer.from("ab"), Buffer.from("cd")], 0);
    assert.equal(await Promise.race([isFree, isWritten]), 4);
    await isFree;
    await file.close();
    assert.equal(await readFile(join(folder, "busy"), "utf8"), "abcd");
  });

  it("rejects with the file system's error, and goes on", async () => {
    await assert.rejects(nodeDisk.open(join(folder, "missing")), { code: "ENOENT" });
    const file = await nodeDisk.create(join(folder, "once"));
    await assert.rejects(nodeDisk.create(join(folder, "once")), { code: "EEXIST" });
    await file.close();
  });

  it("reads what was written, also beyond the memory that it has", async () => {
    const file = await nodeDisk.create(join(folder, "large"));
    const bytes = Buffer.alloc(3_000_000, "0123456789");
    assert.equal(
      await file.writeDurably([bytes.subarray(0, 10), bytes.subarray(10)], 0),
      3_000_000,
    );
    const read = Buffer.alloc(4_000_000);
    assert.equal(await file.read(read, 0), 3_000_000);
    assert.ok(read.subarray(0, 3_000_000).equals(bytes));
    await file.close();
  });
});

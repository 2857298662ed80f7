import assert from "node:assert/strict";
import { chmod, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";

import { SpoolError } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { numbered } from "../helpers/spooled/numbered.js";
import { spooledScenes, type SpooledScene } from "../helpers/spooled/spooled-scene.js";

const db = useDatabase();
const open = spooledScenes(db);
const NOBODY = 65534;

async function streamsIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory);
  return entries.filter((name) => !name.startsWith("."));
}

async function refuses(scene: SpooledScene, directory: string, why: RegExp): Promise<void> {
  const spool = { directory };
  for (const what of ["connect", "connectGroup"] as const) {
    await assert.rejects(scene[what]({ spool }), (error) => {
      assert.ok(error instanceof SpoolError);
      assert.equal(error.code, "SPOOL_FAILED");
      assert.ok(error.message.includes(directory), error.message);
      assert.match(error.message, why);
      return true;
    });
  }
}

describe("connecting with a spool", () => {
  it("makes the directory, and those above it", async () => {
    const scene = await open();
    const directory = join(scene.directory, "app", "spool");
    await using copier = await scene.connect({ spool: { directory } });
    await copier.insert({ id: 1, note: "n" });
    assert.equal((await streamsIn(directory)).length, 1);
    await copier.close();
    assert.deepEqual(await streamsIn(directory), []);
    assert.ok((await stat(directory)).isDirectory());
  });

  it("refuses a file in the place of the directory, or above it", async () => {
    const scene = await open();
    const file = join(scene.directory, "file");
    await writeFile(file, "mine");
    await refuses(scene, file, /not a directory/);
    await refuses(scene, join(file, "spool"), /ENOTDIR/);
  });

  it("refuses a directory that this process must not write to", async (test) => {
    const isRoot = process.geteuid?.() === 0;
    if (process.platform === "win32") {
      test.skip("directories have no such permissions");
      return;
    }
    const scene = await open();
    await chmod(scene.directory, 0o755);
    const directory = join(scene.directory, "protected");
    await mkdir(directory, { mode: 0o555 });
    if (isRoot) {
      process.seteuid!(NOBODY);
    }
    try {
      await refuses(scene, directory, /EACCES/);
      await refuses(scene, join(directory, "spool"), /EACCES/);
    } finally {
      if (isRoot) {
        process.seteuid!(0);
      }
    }
  });

  it("leaves other files in the directory alone", async () => {
    const scene = await open();
    await writeFile(join(scene.directory, "README"), "mine");
    await mkdir(join(scene.directory, "lost+found"));
    const copier = await scene.connect();
    await copier.sendMany(numbered(0, 10));
    await copier.close();
    assert.deepEqual(await scene.entries(), ["README", "lost+found"]);
  });

  it("leaves nothing behind if the table is missing", async () => {
    const scene = await open();
    await db.pool.query(`ALTER TABLE ${scene.name} RENAME TO ${scene.name.split(".")[1]}_away`);
    await assert.rejects(scene.connect(), { code: "SCHEMA_MISMATCH" });
    assert.deepEqual(await scene.entries(), []);
    assert.deepEqual(await scene.sources(), []);
  });

  it("refuses a table that does not share the fate of the ledger", async () => {
    const scene = await open();
    await db.pool.query(`ALTER TABLE ${scene.name} SET UNLOGGED`);
    await assert.rejects(scene.connect(), { code: "SCHEMA_MISMATCH" });
    assert.deepEqual(await scene.entries(), []);
  });

  it("gives up soon if nothing answers, when the table is given by its name", async () => {
    const scene = await open();
    const databaseUrl = "postgres://nobody@127.0.0.1:1/nothing";
    await assert.rejects(scene.connect({ databaseUrl, connectTimeoutMs: 200 }), {
      code: "CONNECT_FAILED",
    });
  });
});

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { useDatabase } from "../helpers/database.js";
import { idsOf, numbered } from "../helpers/spooled/numbered.js";
import { spooledScenes } from "../helpers/spooled/spooled-scene.js";

const db = useDatabase();
const open = spooledScenes(db);

describe("the spool directory", () => {
  it("is shared by copiers of one process", async () => {
    const scene = await open();
    const other = await scene.newTable();
    const first = await scene.connect();
    const second = await scene.connect();
    await using group = await scene.connectGroup();
    await Promise.all([
      first.sendMany(numbered(0, 100)),
      second.sendMany(numbered(100, 200)),
      group.send(other, { id: 0, note: "n" }),
    ]);
    assert.equal((await scene.entries()).length, 3);
    await Promise.all([first.close(), second.close(), group.close()]);
    assert.deepEqual(
      (await scene.ids()).toSorted((a, b) => a - b),
      idsOf(0, 200),
    );
    assert.deepEqual(await scene.ids(other), [0]);
    assert.deepEqual(await scene.entries(), []);
    assert.deepEqual(await scene.sources(), []);
  });

  it("is shared by processes, of which one dies", async () => {
    const scene = await open();
    const [first, second] = await Promise.all([scene.startProcess(), scene.startProcess()]);
    await Promise.all([first.send(numbered(0, 100)), second.send(numbered(100, 200))]);
    await first.kill();
    await second.send(numbered(200, 300));
    await second.close();
    await scene.deliver();
    assert.deepEqual(
      (await scene.ids()).toSorted((a, b) => a - b),
      idsOf(0, 300),
    );
    assert.deepEqual(await scene.entries(), []);
    assert.deepEqual(await scene.sources(), []);
  });

  it("is shared by the workers of a cluster, of which one dies", async () => {
    const scene = await open();
    const program = fileURLToPath(
      new URL("../helpers/spooled/cluster-program.js", import.meta.url),
    );
    const config = JSON.stringify({ table: scene.name, options: scene.options });
    const primary = fork(program, [config], { execArgv: [] });
    const [code] = (await once(primary, "exit")) as [number];
    assert.equal(code, 0);
    await scene.deliver();
    assert.deepEqual(
      (await scene.ids()).toSorted((a, b) => a - b),
      idsOf(0, 300),
    );
    assert.deepEqual(await scene.entries(), []);
  });
});

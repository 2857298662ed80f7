import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { useFolder } from "../helpers/folder.js";
import { HeldLoad, REJECTS } from "../helpers/load-kills/held-load.js";
import { useSchema } from "../helpers/schema.js";

const db = useSchema();
const folder = useFolder();

/** A second signal within a second is taken for the first one, as npm passes it on. */
const BETWEEN_MS = 1200;

async function expectRest(held: HeldLoad): Promise<void> {
  const { code, stderr } = await held.start("--resume").ended();
  assert.equal(code, 1, stderr);
  assert.equal(await held.rows(), held.allRows);
}

describe("a load that gets a signal", () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    it(`writes what it has read, and says how to go on: ${signal}`, async () => {
      const held = await HeldLoad.create(db, folder);
      const load = await held.whileLocked(async () => {
        const started = held.start();
        await held.untilHeld();
        started.signal(signal);
        await sleep(BETWEEN_MS);
        assert.ok(!started.isOver);
        return started;
      });
      const { code, stderr } = await load.ended();
      const rows = await held.rows();
      assert.match(stderr, new RegExp(`Loaded ${rows.toLocaleString("en-US")} rows? into`));
      assert.match(stderr, new RegExp(`Stopped before the end: interrupted by ${signal}\\.`));
      assert.match(
        stderr,
        /Run the same command with --resume, and without --again and --truncate, to go on from there\./,
      );
      assert.equal(code, 3);
      assert.ok(rows > 0 && rows < held.allRows, `${rows} rows`);
      await expectRest(held);
    });
  }

  it("ends at once after a second one", async () => {
    const held = await HeldLoad.create(db, folder);
    await held.whileLocked(async () => {
      const load = held.start();
      await held.untilHeld();
      load.signal("SIGINT");
      await sleep(BETWEEN_MS);
      assert.ok(!load.isOver);
      load.signal("SIGINT");
      assert.equal((await load.ended()).code, 3);
    });
    await expectRest(held);
  });
});

describe("two loads of one file", () => {
  it("do not write rows twice, and the second one keeps the rejects: the first one is told to stop", async () => {
    const held = await HeldLoad.create(db, folder);
    const rejects = `${held.path}.rejected`;
    const options = ["--rejects", rejects];
    const [first, second] = await held.whileLocked(async () => {
      const one = held.start(...options);
      await held.untilHeld();
      const session = await held.untilClaimed();
      const other = held.start(...options, "--resume");
      await held.untilClaimed(session);
      return [one, other] as const;
    });
    const [lost, won] = await Promise.all([first.ended(), second.ended()]);
    assert.equal(won.code, 1, won.stderr);
    assert.equal(lost.code, 3);
    assert.match(lost.stderr, /Stopped before the end: .*another/);
    assert.equal(await held.rows(), held.allRows);
    assert.equal(readFileSync(rejects, "utf8"), REJECTS);
  });

  it("do not begin at the same time without --resume", async () => {
    const held = await HeldLoad.create(db, folder);
    const first = await held.whileLocked(async () => {
      const load = held.start();
      await held.untilHeld();
      await held.untilClaimed();
      const { code, stderr } = await held.start().ended();
      assert.match(stderr, /was loaded before, up to byte 0/);
      assert.equal(code, 2);
      return load;
    });
    assert.equal((await first.ended()).code, 1);
    assert.equal(await held.rows(), held.allRows);
  });
});

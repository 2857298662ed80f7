import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { FaultProxy } from "../../../batch-copy/dist-test/helpers/fault/fault-proxy.js";
import { useFolder } from "../helpers/folder.js";
import { HeldLoad } from "../helpers/load-kills/held-load.js";
import { useSchema } from "../helpers/schema.js";

const db = useSchema();
const folder = useFolder();

/** A port at which nobody listens. */
const NOWHERE = "postgres://127.0.0.1:1";

const isLong = process.env["FAULTS"] === "long";

describe("a load whose server is away", () => {
  it("does not begin, and says why", async () => {
    const held = await HeldLoad.create(db, folder);
    const { code, stderr } = await held.start("--database-url", NOWHERE).ended();
    assert.match(stderr, /ECONNREFUSED/);
    assert.equal(code, 3);
  });

  it(
    "stops after a minute, and says how to go on",
    { skip: !isLong && "it takes more than a minute" },
    async () => {
      const held = await HeldLoad.create(db, folder);
      await using proxy = await FaultProxy.start();
      const load = await held.whileLocked(async () => {
        const started = held.start("--database-url", proxy.url);
        await held.untilHeld();
        proxy.pointTo(NOWHERE);
        proxy.strike("cut");
        return started;
      });
      const startedAt = performance.now();
      const { code, stderr } = await load.ended();
      const seconds = (performance.now() - startedAt) / 1000;
      assert.match(
        stderr,
        /Stopped before the end: .*(?:cannot connect|the connection to the server was lost): /,
      );
      assert.doesNotMatch(stderr, /may or may not|onLost/);
      assert.match(
        stderr,
        /Run the same command with --resume, and without --again and --truncate, to go on from there\./,
      );
      assert.equal(code, 3);
      assert.ok(seconds > 50 && seconds < 90, `after ${seconds} s`);
      const rest = await held.start("--resume").ended();
      assert.equal(rest.code, 1, rest.stderr);
      assert.equal(await held.rows(), held.allRows);
    },
  );
});

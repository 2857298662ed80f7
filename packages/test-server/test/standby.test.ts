import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { startServer, type TestServer } from "../dist/index.js";

describe("a standby", () => {
  let primary: TestServer;
  let standby: TestServer;
  before(async () => {
    primary = await startServer();
    await primary.query("CREATE TABLE kept (id int)");
    standby = await primary.startStandby();
  });
  after(() => Promise.all([standby.stop(), primary.stop()]));

  it("streams from its primary, which may wait for it", async () => {
    await primary.query("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
    await primary.query("SELECT pg_reload_conf()");
    await primary.query("SET synchronous_commit = remote_apply; INSERT INTO kept VALUES (1)");
    assert.deepEqual(await standby.query("SELECT id FROM kept"), [{ id: 1 }]);
  });

  it("becomes a primary when its own has died, and can have a standby in turn", async () => {
    await primary.halt("kill");
    await standby.query("SELECT pg_promote()");
    await standby.query("INSERT INTO kept VALUES (2)");
    const next = await standby.startStandby();
    const rows = await next.query("SELECT id, pg_is_in_recovery() FROM kept ORDER BY id");
    await next.stop();
    assert.deepEqual(rows, [
      { id: 1, pg_is_in_recovery: true },
      { id: 2, pg_is_in_recovery: true },
    ]);
  });
});

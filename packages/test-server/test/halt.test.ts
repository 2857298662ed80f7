import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { after, before, describe, it } from "node:test";

import { childrenOf } from "../dist/child-processes.js";
import { startServer, type TestServer } from "../dist/index.js";
import { remaining } from "./helpers/remaining.js";

describe("a server", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({ settings: { synchronous_commit: "on" } });
    await server.query("CREATE TABLE kept (mode text)");
  });
  after(() => server.stop());

  for (const mode of ["fast", "immediate", "kill"] as const) {
    it(`that went down by "${mode}" comes back on its port, with what was committed`, async () => {
      await server.query(`INSERT INTO kept VALUES ('${mode}')`);
      const { url, pid } = server;
      await server.halt(mode);
      await assert.rejects(server.query("SELECT"), { code: "ECONNREFUSED" });
      assert.throws(() => server.pid, /The server is down/);
      await server.resume();
      assert.equal(server.url, url);
      assert.notEqual(server.pid, pid);
      const rows = await server.query(`SELECT FROM kept WHERE mode = '${mode}'`);
      assert.equal(rows.length, 1);
    });
  }

  it('that went down by "kill" leaves no process behind', async () => {
    const processes = [server.pid, ...childrenOf(server.pid)];
    assert.ok(processes.length > 3, `${processes.length} processes`);
    await server.halt("kill");
    assert.deepEqual(await remaining(processes), []);
    await server.resume();
  });

  it("cannot be started twice, and may be halted twice", async () => {
    await assert.rejects(server.resume(), /runs already/);
    await server.halt("immediate");
    await server.halt("fast");
    await server.resume();
  });

  it("that is down is stopped by removing its folder", async () => {
    const other = await startServer();
    await other.halt("kill");
    await other.stop();
    assert.equal(existsSync(dirname(other.dataDir)), false);
  });
});

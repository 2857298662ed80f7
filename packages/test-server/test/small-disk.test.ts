import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { startServer, type TestServer } from "../dist/index.js";

const skip = process.getuid?.() !== 0 && "only root may mount a file system";

describe("a small disk", { skip }, () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop());

  it("is full when a test says so, and is no more when it says so", async () => {
    const disk = await server.mountDisk(8 * 1024 * 1024);
    await server.query(`CREATE TABLESPACE small LOCATION '${disk.path}'`);
    await server.query("CREATE TABLE stored (v text) TABLESPACE small");
    await disk.fill();
    const insert = "INSERT INTO stored SELECT repeat('x', 1000) FROM generate_series(1, 100)";
    await assert.rejects(server.query(insert), { code: "53100" });
    await disk.free();
    await server.query(insert);
    await server.query("DROP TABLE stored");
    await server.query("DROP TABLESPACE small");
    await disk.unmount();
  });

  it("that is still in use is gone with its server", async () => {
    const disk = await server.mountDisk(8 * 1024 * 1024);
    await server.query(`CREATE TABLESPACE small LOCATION '${disk.path}'`);
    await server.query("CREATE TABLE stored (v text) TABLESPACE small");
  });
});

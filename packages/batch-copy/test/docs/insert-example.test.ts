import assert from "node:assert/strict";
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { afterEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { useDatabase } from "../helpers/database.js";
import { FaultProxy } from "../helpers/fault/fault-proxy.js";

const db = useDatabase();
const program = fileURLToPath(new URL("../../../../examples/dist/insert.js", import.meta.url));

let example: ChildProcessWithoutNullStreams | undefined;

afterEach(async () => {
  if (example?.exitCode === null && example.signalCode === null) {
    example.kill("SIGKILL");
    await once(example, "exit");
  }
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "localhost");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Starts the example; resolves when it listens. */
async function start(url: string, port: number) {
  const args = ["--enable-source-maps", program, "--listen", String(port)];
  const child = spawn(process.execPath, args, { env: { ...process.env, DATABASE_URL: url } });
  example = child;
  child.stderr.pipe(process.stderr);
  await once(child.stdout, "data");
  return {
    post: async (id: number) => {
      const body = JSON.stringify({ id, url: "/hello/world", latency_ms: 42 });
      const response = await fetch(`http://localhost:${port}/metrics`, { method: "POST", body });
      return { status: response.status, body: (await response.json()) as object };
    },
    end: async () => {
      child.kill("SIGTERM");
      const [code] = (await once(child, "exit")) as [number | null];
      return code;
    },
  };
}

describe("the example with an HTTP server", () => {
  it("answers, and ends by SIGTERM when the database is there", async () => {
    const { post, end } = await start(db.url, await freePort());
    assert.deepEqual(await post(1), { status: 201, body: { id: 1 } });
    assert.equal((await post(1)).status, 409);
    assert.equal(await end(), 0);
    const rows = await db.rows("SELECT id FROM batch_copy_examples.metrics");
    assert.deepEqual(rows, [{ id: "1" }]);
  });

  it("answers 503 in time when the database is away, and ends by SIGTERM", async () => {
    const proxy = await FaultProxy.start();
    const port = await freePort();
    const { post, end } = await start(proxy.url, port);
    assert.equal((await post(1)).status, 201);
    await proxy.close();
    const { status, body } = await post(2);
    assert.equal(status, 503);
    assert.deepEqual({ ...body, error: "" }, { error: "", accepted: true });
    const open = post(3);
    // A client that never finishes its request.
    const idle = connect(port, "localhost");
    idle.write("POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n");
    // Until both have reached the server.
    await sleep(500);
    const [code, answer] = await Promise.all([end(), open]);
    assert.deepEqual([code, answer.status], [1, 503]);
    idle.destroy();
  });
});

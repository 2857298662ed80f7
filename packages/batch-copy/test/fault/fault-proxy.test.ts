import assert from "node:assert/strict";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { describe, it } from "node:test";

import { Client } from "pg";

import { databaseUrl, useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { FaultProxy } from "../helpers/fault/fault-proxy.js";
import type { Plan } from "../helpers/fault/plan.js";

const db = useDatabase();

/** Connects through a proxy whose first connection has the plan; further ones have none. */
async function connectThrough(
  plan: Plan | undefined,
): Promise<{ proxy: FaultProxy; client: Client } & AsyncDisposable> {
  const proxy = await FaultProxy.start((connection) => (connection === 0 ? plan : undefined));
  const client = new Client({ connectionString: proxy.url });
  client.on("error", () => {});
  await client.connect();
  return {
    proxy,
    client,
    async [Symbol.asyncDispose]() {
      await proxy.close();
    },
  };
}

async function isBackendAlive(pid: number): Promise<boolean> {
  return (await db.rows("SELECT FROM pg_stat_activity WHERE pid = $1", [pid])).length > 0;
}

async function pidOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  return rows[0]!.pid;
}

describe("the proxy", () => {
  it("passes everything on where nothing is planned, and counts messages and bytes", async () => {
    await using through = await connectThrough(undefined);
    const { proxy, client } = through;
    const before = proxy.sentBytes;
    const { rows } = await client.query("SELECT repeat('x', 1000000) AS x");
    assert.equal((rows[0] as { x: string }).x.length, 1_000_000);
    // A Query is its type, its length, the text and a zero.
    assert.equal(proxy.sentBytes - before, 1 + 4 + "SELECT repeat('x', 1000000) AS x".length + 1);
    assert.deepEqual([proxy.messages("toServer", "Q"), proxy.messages("toClient", "D")], [1, 1]);
    assert.deepEqual([proxy.connections, proxy.faults], [1, []]);
    await client.end();
    assert.equal(proxy.messages("toServer", "X"), 1);
  });

  it("cuts after a message: the server did what the client is not told", async () => {
    const name = `${db.schema}.cut_after`;
    await db.pool.query(`CREATE TABLE ${name} (id int)`);
    await using through = await connectThrough({
      at: { direction: "toClient", side: "before", type: "C", nth: 1 },
      fault: "cut",
    });
    await assert.rejects(through.client.query(`INSERT INTO ${name} VALUES (1)`));
    assert.equal((await db.rows(`SELECT FROM ${name}`)).length, 1);
    const [fault] = through.proxy.faults;
    assert.deepEqual([fault?.fault, fault?.phase], ["cut", "querying"]);
  });

  it("cuts before a message: the server never learns of it", async () => {
    const name = `${db.schema}.cut_before`;
    await db.pool.query(`CREATE TABLE ${name} (id int)`);
    await using through = await connectThrough({
      at: { direction: "toServer", side: "before", type: "Q", nth: 2 },
      fault: "close",
    });
    await through.client.query("SELECT 1");
    await assert.rejects(through.client.query(`INSERT INTO ${name} VALUES (1)`));
    assert.equal((await db.rows(`SELECT FROM ${name}`)).length, 0);
  });

  it("cuts at a byte, also within the answer", async () => {
    await using direct = await connectThrough(undefined);
    // The handshake's length differs by the digits of a process id at most.
    const startupBytes = direct.proxy.sentBytes;
    await using through = await connectThrough({
      at: { direction: "toServer", byte: startupBytes + 10 },
      fault: "cut",
    });
    await assert.rejects(through.client.query("SELECT 'never complete'"));
    assert.equal(through.proxy.faults[0]?.position, startupBytes + 10);
    assert.equal(through.proxy.messages("toClient", "D"), 0);
  });

  it("abandons a connection: the client loses it, and its backend stays", async () => {
    await using through = await connectThrough(undefined);
    const { client, proxy } = through;
    const pid = await pidOf(client);
    const lost = assert.rejects(client.query("SELECT pg_sleep(0.05)"));
    proxy.strike("abandon");
    await lost;
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(await isBackendAlive(pid));
    proxy.resume();
    await eventually(async () => !(await isBackendAlive(pid)), "the backend is gone");
  });

  it("lets what an abandoned connection held back arrive late", async () => {
    const name = `${db.schema}.late`;
    await db.pool.query(`CREATE TABLE ${name} (id int)`);
    await using through = await connectThrough({
      at: { direction: "toServer", side: "before", type: "Q", nth: 1 },
      fault: "abandon",
      forMs: 100,
    });
    const count = async (): Promise<number> => (await db.rows(`SELECT FROM ${name}`)).length;
    await assert.rejects(through.client.query(`INSERT INTO ${name} VALUES (1)`));
    assert.equal(await count(), 0);
    await eventually(async () => (await count()) === 1, "the row has come");
  });

  it("stalls, and goes on", async () => {
    await using through = await connectThrough(undefined);
    const { client, proxy } = through;
    proxy.strike("stall");
    let isAnswered = false;
    const answer = client.query("SELECT 1").then(() => (isAnswered = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(isAnswered, false);
    proxy.resume();
    await answer;
    await client.end();
  });

  it("passes on in tiny pieces", async () => {
    await using through = await connectThrough({
      pace: { direction: "toClient", bytes: 3, delayMs: 0 },
    });
    const { rows } = await through.client.query("SELECT repeat('x', 500) AS x");
    assert.equal((rows[0] as { x: string }).x.length, 500);
    await through.client.end();
  });

  it("tells the phases of a COPY apart", async () => {
    const { copier, name } = await db.openCopier();
    await copier.close();
    const data = "d\0\0\0\x081\tx\n";
    for (const [sent, phase] of [
      [data, "copying"],
      [`${data}c\0\0\0\x04`, "committing"],
    ] as const) {
      await using through = await connectThrough({
        at: { direction: "toServer", side: "after", type: "d", nth: 1 },
        fault: "cut",
      });
      const { client, proxy } = through;
      const lost = assert.rejects(client.query(`COPY ${db.schema}.${name} FROM STDIN`));
      const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
      stream.write(Buffer.from(sent, "latin1"));
      await lost;
      assert.equal(proxy.faults[0]?.phase, phase);
    }
  });

  it("points to another server, and refuses where that is away", async () => {
    await using proxy = await FaultProxy.start();
    const away = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => away.once("listening", resolve));
    const { port } = away.address() as AddressInfo;
    await new Promise((resolve) => away.close(resolve));
    proxy.pointTo(`postgres://127.0.0.1:${port}/x`);
    await assert.rejects(new Client({ connectionString: proxy.url }).connect());
    proxy.pointTo(databaseUrl);
    const client = new Client({ connectionString: proxy.url });
    await client.connect();
    await client.end();
  });
});

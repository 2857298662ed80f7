import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { Client } from "pg";

import { postmasterOf, serverCpuMicros } from "../dist/run/server-cpu.js";

const TICK_MICROS = 10_000;

describe("the CPU time of the server", () => {
  const clients = [1, 2].map(() => new Client(process.env["DATABASE_URL"]));
  const [client, other] = clients as [Client, Client];
  before(() => Promise.all(clients.map((each) => each.connect())));
  after(() => client.end());

  it("is that of its backends, also after they have ended", async (context) => {
    const postmaster = await postmasterOf(client);
    if (postmaster === undefined) {
      context.skip("the server runs elsewhere");
      return;
    }
    const atStart = serverCpuMicros(postmaster);
    await other.query("SELECT count(*) FROM generate_series(1, 3000000)");
    const used = serverCpuMicros(postmaster) - atStart;
    assert.ok(used >= 5 * TICK_MICROS, `${used} µs`);
    await other.end();
    await client.query("SELECT pg_sleep(0.1)");
    assert.ok(serverCpuMicros(postmaster) - atStart >= used);
  });
});

import assert from "node:assert/strict";

import type { Table } from "batch-copy";
import type { Client } from "pg";

import { readArguments, readInteger } from "./arguments.js";
import { connectToFresh, SCHEMA } from "./database.js";

const REQUESTS = 200;

/** The port after `--listen`; undefined to try the example and end. `--help` ends the program. */
export function readPort(example: string): number | undefined {
  const { values } = readArguments({
    options: { listen: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) {
    console.log(`Usage: npm run example ${example} -- [--listen PORT]
  Starts a server, sends itself requests, stops it and checks the table.
  --listen PORT  serves until Ctrl-C or SIGTERM instead:
    POST http://localhost:PORT/metrics answers when the row is committed,
    POST http://localhost:PORT/beacons when it is accepted`);
    process.exit();
  }
  return values.listen === undefined
    ? undefined
    : readInteger("--listen", values.listen, 1, 65_535);
}

/** Recreates the table, with a primary key. */
export async function createMetrics(table: Table): Promise<Client> {
  const client = await connectToFresh(table);
  await client.query(`ALTER TABLE ${SCHEMA}.${table.name} ADD PRIMARY KEY (id)`);
  return client;
}

/** Sends requests, stops the server, and compares the answers with what is in the table. */
export async function tryServer(
  url: string,
  stop: () => Promise<unknown>,
  client: Client,
  { name }: Table,
): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: REQUESTS }, (_, id) => post(`${url}/${pathOf(id)}`, id)),
  );
  await stop();
  const count = (status: number) => answers.filter((answer) => answer === status).length;
  console.log(`${count(201)} rows committed, ${count(202)} accepted, ${count(400)} invalid`);
  const { rows } = await client.query(`SELECT count(*)::int FROM ${SCHEMA}.${name}`);
  assert.deepEqual(rows, [{ count: count(201) + count(202) }]);
  assert.equal(count(201) + count(202) + count(400), REQUESTS);
  console.log("Checked: these rows are in the table after the server has stopped.");
}

function pathOf(id: number): string {
  return id % 2 === 0 ? "metrics" : "beacons";
}

async function post(url: string, id: number): Promise<number> {
  const latency_ms = id % 20 < 2 ? "fast" : 42;
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ id, url: "/hello/world", latency_ms }),
  });
  await response.body?.cancel();
  return response.status;
}

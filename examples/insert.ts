/**
 * An HTTP server that answers 201 when the row is committed, and the reason in time if it is not.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

import {
  BatchCopyError,
  Copier,
  EncodeError,
  int8,
  RowRejectedError,
  table,
  text,
  TimeoutError,
  type RowOf,
} from "batch-copy";

import { readArguments, readInteger } from "./support/arguments.js";
import { connectToFresh, SCHEMA } from "./support/database.js";

const HELP = `Usage: npm run example insert -- [--listen PORT]
  Starts a server, sends itself requests, prints the answers and ends.
  --listen PORT  serves POST http://localhost:PORT/metrics instead, until Ctrl-C or SIGTERM`;

/** A request that has waited for so long is answered with 503. */
const INSERT_TIMEOUT_MS = 2000;
/** When the server stops, clients that do not finish their requests are cut off after so long. */
const STOP_TIMEOUT_MS = INSERT_TIMEOUT_MS + 1000;

const columns = { id: int8, url: text, latency_ms: int8 };
const metrics = table("metrics", columns, { schema: SCHEMA });
type Metric = RowOf<typeof metrics>;

const { values } = readArguments({
  options: { listen: { type: "string" }, help: { type: "boolean" } },
});
if (values.help) {
  console.log(HELP);
  process.exit();
}
const port = values.listen === undefined ? 0 : readInteger("--listen", values.listen, 1, 65_535);

const client = await connectToFresh(metrics);
await client.query(`ALTER TABLE ${SCHEMA}.metrics ADD PRIMARY KEY (id)`);
const copier = await Copier.connect(metrics, {
  // A row whose request was answered with 503 may still be rejected later: only this handler reports it.
  onReject: ({ row, error }) => console.error("not written:", row.id, error.message),
});

const server = createServer((request, response) => void answer(request, response));
server.listen(port, "localhost");
await once(server, "listening");
const url = `http://localhost:${(server.address() as AddressInfo).port}/metrics`;

if (values.listen === undefined) {
  await tryIt();
  await client.end();
} else {
  await client.end();
  console.log(`POST ${url} {"id": 1, "url": "/hello/world", "latency_ms": 42}`);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
}
await stop();

/** Open requests get their answers first. It ends in time, whether or not the database is there. */
async function stop(): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), STOP_TIMEOUT_MS);
  server.close();
  await once(server, "close");
  clearTimeout(timer);
  try {
    await copier.close({ timeoutMs: INSERT_TIMEOUT_MS });
  } catch (error) {
    if (!(error instanceof BatchCopyError)) throw error;
    // Rows whose requests were answered with 503, and which the database has not taken since.
    console.error(`not written: ${error.message}`);
    process.exitCode = 1;
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "POST" || request.url !== "/metrics") {
    reply(response, 404, { error: "there is only POST /metrics" });
    return;
  }
  try {
    // What is in it need not be a Metric: the copier checks.
    const metric = (await json(request)) as Metric;
    await copier.insert(metric, { timeoutMs: INSERT_TIMEOUT_MS });
    reply(response, 201, { id: metric.id });
  } catch (error) {
    // If `accepted`, the row may still be committed. Trying again is safe: the primary key refuses it.
    const details = error instanceof TimeoutError ? { accepted: error.accepted } : {};
    reply(response, statusOf(error), { error: String(error), ...details });
  }
}

function statusOf(error: unknown): number {
  if (error instanceof EncodeError || error instanceof SyntaxError) return 400;
  // Class 23: a constraint says no, here the primary key.
  if (error instanceof RowRejectedError && error.sqlState.startsWith("23")) return 409;
  return 503;
}

function reply(response: ServerResponse, status: number, body: object): void {
  if (!server.listening) {
    // Otherwise a client that keeps its connection alive would keep us as well.
    response.setHeader("connection", "close");
  }
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

/** Sends 200 requests at once, and compares the answers with what is in the table. */
async function tryIt(): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, id) => {
      const response = await fetch(url, { method: "POST", body: requestBody(id) });
      return { status: response.status, body: (await response.json()) as { id?: number } };
    }),
  );
  for (const code of new Set(answers.map(({ status }) => status))) {
    const same = answers.filter(({ status }) => status === code);
    console.log(`${same.length} answers ${code}, such as`, same[0]?.body);
  }
  const { rows } = await client.query<{ id: number }>(
    `SELECT id::int FROM ${SCHEMA}.metrics ORDER BY id`,
  );
  const created = answers.filter(({ status }) => status === 201).map(({ body }) => body.id ?? -1);
  assert.deepEqual(
    rows.map(({ id }) => id),
    created.toSorted((a, b) => a - b),
  );
  console.log(`Checked: the table has the ${rows.length} rows that were answered with 201.`);
}

/** Mostly good ones. */
function requestBody(id: number): string {
  switch (id % 20) {
    case 5:
      return '{"id": ';
    case 10:
      return JSON.stringify({ id, url: "/hello/world", latency_ms: "fast" });
    case 15: // the primary key of another one
      return JSON.stringify({ id: id - 1, url: "/hello/world", latency_ms: 42 });
    default:
      return JSON.stringify({ id, url: "/hello/world", latency_ms: 42 });
  }
}

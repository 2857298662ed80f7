/**
 * Every option of a copier, with its default and why one would change it.
 */
import { Copier, int8, table, text, type CopierOptions, type RowOf } from "batch-copy";

import { connectToFresh, SCHEMA } from "./support/database.js";

const metrics = table("metrics", { url: text, latency_ms: int8.nullable() }, { schema: SCHEMA });
type Metric = RowOf<typeof metrics>;

// All of them are optional. The compiler checks that none is missing here.
const options = {
  // Default: the variable DATABASE_URL, then the PG* variables. `sslmode` in it decides on TLS.
  databaseUrl: process.env["DATABASE_URL"],

  // Default: none. Pass your service's own pg.Pool (instead of databaseUrl) to share its
  // connections; the copier never closes it.
  pool: undefined,

  // Default: all that can be written. With a table's name instead of a definition,
  // `Copier.connect("app.metrics", { columns: ["url"] })`, the columns to fill.
  columns: undefined,

  // Default: 2 COPYs at once. More for a far or large server, 1 to keep the order of the rows.
  connections: 2,

  // Default: 100 000 rows. Fewer make a refused batch cheaper, more save commits.
  maxBatchRows: 20_000,

  // Default: 4 MiB. The same limit in bytes, which acts first for wide rows.
  maxBatchBytes: 1024 * 1024,

  // Default: 100 ms. How old a row gets before it leaves, however few there are. Less for fresher
  // reads, more for larger batches. An insert() does not wait for it.
  flushIntervalMs: 100,

  // Default: 64 MiB. So much may wait or be in flight; beyond it send() waits. It bounds the memory.
  maxBufferedBytes: 64 * 1024 * 1024,

  // Default: 2000 ms. How long to wait for a connection. More for a server behind a slow network.
  connectTimeoutMs: 2000,

  // Default: 20 minutes. Then a connection is replaced. Less where a load balancer cuts them.
  connectionLifetimeMs: 20 * 60 * 1000,

  // Default: 60 s. A COPY that stands still for so long is cut and tried again, if the server is not
  // at work for it (a lock is work). Less where connections die without a word.
  copyTimeoutMs: 60_000,

  // Default: for ever, after 50 ms, then 100, up to 5 s. While the server is away the buffer fills and
  // send() waits. With a timeoutMs the rows are handed back in the end.
  retry: { minDelayMs: 50, maxDelayMs: 5000, timeoutMs: Infinity },

  // Default: "retry". After a failover nobody may know whether a commit that was cut off took effect:
  // "retry" writes the rows again, "reject" hands them back.
  onInDoubt: "retry",

  // Default: none, and flush() rejects. Called for each row that the server refused.
  onReject: ({ row, error }) => console.log("refused:", row, error.message),
} satisfies CopierOptions<Metric> & Record<keyof CopierOptions, unknown>;

const client = await connectToFresh(metrics);
const copier = await Copier.connect(metrics, options);

await copier.sendMany([{ url: "/a", latency_ms: 1 }, { url: "/b", latency_ms: 2 }, { url: "/c" }]);
await copier.close(); // flushes

const { rows } = await client.query(`SELECT * FROM ${SCHEMA}.metrics ORDER BY url`);
console.table(rows);
await client.end();

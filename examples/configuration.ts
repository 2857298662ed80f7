/**
 * Every option of a copier, with its default and reasons to change it.
 */
import { Copier, int8, table, text, type CopierOptions, type RowOf } from "batch-copy";

import { connectToFresh, SCHEMA } from "./support/database.js";

const metrics = table("metrics", { url: text, latency_ms: int8.nullable() }, { schema: SCHEMA });
type Metric = RowOf<typeof metrics>;

// All options are optional. The compiler checks that none is missing here.
const options = {
  // Default: the variable DATABASE_URL, then the PG* variables. `sslmode` in the URL configures TLS.
  databaseUrl: process.env["DATABASE_URL"],

  // Default: none. Instead of databaseUrl, pg's own configuration: host, user, ssl, and a password
  // that may be a function, for tokens that expire.
  connection: undefined,

  // Default: none. Instead of databaseUrl, pass your service's own pg.Pool to share its connections;
  // the copier never closes it.
  pool: undefined,

  // Default: all that can be written. Only with a table's name instead of a definition:
  // `Copier.connect("app.metrics", { columns: ["url"] })` names the columns to fill.
  columns: undefined,

  // Default: the keys of rows are the names of columns. Only with a table's name: "snake_case" writes
  // { latencyMs } to the column latency_ms. A definition has it as an option of table().
  names: undefined,

  // Default: a duplicate key is an error of its row. { update: "all" } overwrites the existing row,
  // { update: "nothing" } ignores the new one.
  onConflict: undefined,

  // Default: 2 concurrent COPYs. More for a distant or large server, 1 to keep the order of rows.
  connections: 2,

  // Default: 100 000 rows per batch. Fewer make rejected rows cheaper, more save commits.
  maxBatchRows: 20_000,

  // Default: 4 MiB per batch. For wide rows, this limit is reached first.
  maxBatchBytes: 1024 * 1024,

  // Default: 100 ms, after which a batch is sent even if it is not full. Less for fresher reads,
  // more for larger batches. insert() does not wait for it.
  flushIntervalMs: 100,

  // Default: 64 MiB that may be buffered or in flight; beyond that, send() waits. Bounds the memory.
  maxBufferedBytes: 64 * 1024 * 1024,

  // Default: 2000 ms to wait until a connection is open. More for a server behind a slow network.
  connectTimeoutMs: 2000,

  // Default: 30 s to wait for a free client while all clients of the pool are in use. More if your
  // service holds them for longer.
  poolTimeoutMs: 30_000,

  // Default: 20 minutes, after which a connection is replaced. Less if a load balancer closes them.
  connectionLifetimeMs: 20 * 60 * 1000,

  // Default: 60 s without progress, after which the connection is closed and the batch retried.
  // Work of the server, such as a wait for a lock, is progress. Less if connections die silently.
  copyTimeoutMs: 60_000,

  // Default: retry forever, after 50 ms, then 100, up to 5 s. While the server is away, the buffer
  // fills and send() waits. With a timeoutMs, rows are handed back after that time.
  retry: { minDelayMs: 50, maxDelayMs: 5000, timeoutMs: Infinity },

  // Default: "retry". After a failover the server may not know whether an interrupted commit took
  // effect: "retry" writes the rows again, "reject" hands them back.
  onInDoubt: "retry",

  // Default: none, and flush() rejects. Called for each row of send() that did not reach the table.
  onReject: ({ row, error }) => console.log("not written:", row, error.message),

  // Default: none. `deadLetters: "app.rejected_rows"` keeps the rows that the server rejects in a table.
  deadLetters: undefined,

  // Default: false. `ledger: true` keeps in a small table which transactions were committed, so that
  // each row is written once, also after a failover. It replaces onInDoubt.
  ledger: false,

  // Default: none. `spool: { directory: "/var/lib/app/spool" }` keeps accepted rows on disk until they are
  // committed. It brings a ledger with it, and needs `deadLetters` or `onReject`.
  spool: undefined,
} satisfies CopierOptions<Metric> & Record<keyof CopierOptions, unknown>;

const client = await connectToFresh(metrics);
const copier = await Copier.connect(metrics, options);

await copier.sendMany([{ url: "/a", latency_ms: 1 }, { url: "/b", latency_ms: 2 }, { url: "/c" }]);
await copier.close(); // flushes

const { rows } = await client.query(`SELECT * FROM ${SCHEMA}.metrics ORDER BY url`);
console.table(rows);
await client.end();

import type { Contender } from "./contender.js";

const COUNT = new Intl.NumberFormat("en-US");

const TEXT_SKIPS =
  "validation of values against their columns; the server parses the text. The code for a line is hand-written for the table";

type Entry = Omit<Contender, "group" | "options" | "slowness"> &
  Partial<Pick<Contender, "options" | "slowness">>;

/** The upper limits. */
const limits: readonly Entry[] = [
  { id: "psql", label: String.raw`psql \copy, ready files`, implementation: "psql" },
  { id: "socket", label: "bare socket, ready files", implementation: "socket" },
  { id: "server-copy", label: "COPY from a file on the server", implementation: "server-copy" },
];

const ours: readonly Entry[] = [
  { id: "sendMany", label: "sendMany()", implementation: "send-many" },
  ...[1, 64, 2048, 50_000].map((producers): Entry => ({
    id: `send-${producers}`,
    label: `send(), ${COUNT.format(producers)} producer${producers === 1 ? "" : "s"}`,
    implementation: "send",
    options: { producers },
  })),
  { id: "writable", label: "writable()", implementation: "writable" },
  ...[
    { callers: 1, slowness: 1000 },
    { callers: 16, slowness: 100 },
    { callers: 256, slowness: 4 },
    { callers: 2048, slowness: 2 },
    { callers: 20_000, slowness: 2 },
  ].map(({ callers, slowness }): Entry => ({
    id: `insert-${callers}`,
    label: `insert(), ${COUNT.format(callers)} caller${callers === 1 ? "" : "s"}`,
    implementation: "insert",
    options: { callers },
    slowness,
  })),
];

const peers: readonly Entry[] = [
  {
    id: "pg-copy-streams",
    label: "pg-copy-streams, text",
    implementation: "pg-copy-streams-text",
    skips: `escaping; ${TEXT_SKIPS}`,
  },
  {
    id: "pg-copy-streams-escaped",
    label: "pg-copy-streams, escaped text",
    implementation: "pg-copy-streams-text",
    options: { escaping: 1 },
    skips: TEXT_SKIPS,
  },
  {
    id: "pg-copy-streams-binary",
    label: "pg-copy-streams-binary",
    implementation: "pg-copy-streams-binary",
    slowness: 10,
    skips: "validation of values",
    lacks: ["uuid", "numeric(12,2)"],
  },
  {
    id: "postgres.js",
    label: "postgres.js, COPY of text",
    implementation: "postgres-js",
    skips: `escaping; ${TEXT_SKIPS}`,
  },
  {
    id: "asyncpg",
    label: "asyncpg (Python), copy_records_to_table",
    implementation: "asyncpg",
    slowness: 2,
  },
  {
    id: "psycopg",
    label: "psycopg 3 (Python), binary COPY by rows",
    implementation: "psycopg",
    slowness: 20,
  },
  {
    id: "pg-unnest",
    label: "pg, INSERT of unnested arrays",
    implementation: "pg-unnest",
    slowness: 5,
  },
  {
    id: "pg-multi-row",
    label: "pg, multi-row INSERT",
    implementation: "pg-multi-row",
    slowness: 10,
  },
  {
    id: "knex",
    label: "knex, batchInsert",
    implementation: "knex-batch-insert",
    slowness: 20,
  },
  {
    id: "kysely",
    label: "Kysely, multi-row INSERT",
    implementation: "kysely-insert",
    slowness: 20,
  },
  {
    id: "drizzle",
    label: "Drizzle, multi-row INSERT",
    implementation: "drizzle-insert",
    slowness: 20,
  },
  {
    id: "pg-pool",
    label: "pg, pool of 10, 256 callers, prepared INSERT",
    implementation: "pg-insert",
    options: { connections: 10, callers: 256 },
    slowness: 100,
  },
  {
    id: "pg-lone",
    label: "pg, 1 caller, prepared INSERT",
    implementation: "pg-insert",
    options: { connections: 1, callers: 1 },
    slowness: 1000,
  },
];

/** All contenders, in the order in which they run. */
export const contenders: readonly Contender[] = [
  ...inGroup("limit", limits),
  ...inGroup("ours", ours),
  ...inGroup("peer", peers),
];

/** What all others are compared with: psql, or the bare socket if there is no psql. */
export const LIMITS: readonly string[] = ["psql", "socket"];

function inGroup(group: Contender["group"], entries: readonly Entry[]): Contender[] {
  return entries.map((entry) => ({ options: {}, slowness: 1, ...entry, group }));
}

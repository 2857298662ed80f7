import type { WriteForm } from "batch-copy";

import type { Open } from "./job.js";

type Load = () => Promise<{ readonly open: Open }>;

/** The code of each contender, loaded one at a time, so that none is slowed by the others'. */
const loads = {
  psql: () => import("./psql.js"),
  socket: () => import("./socket.js"),
  "server-copy": () => import("./server-copy.js"),
  "send-many": () => import("./send-many.js"),
  send: () => import("./send.js"),
  writable: () => import("./writable.js"),
  insert: () => import("./insert.js"),
  "timed-send": () => import("./timed-send.js"),
  "timed-send-many": () => import("./timed-send-many.js"),
  "append-sync": () => import("./append-sync.js"),
  "fill-spool": () => import("./fill-spool.js"),
  "drain-spool": () => import("./drain-spool.js"),
  "open-loop-insert": () => import("./open-loop-insert.js"),
  "insert-lone": () => import("./insert-lone.js"),
  "guarded-copy": () => import("./guarded-copy.js"),
  "source-lone": () => import("./source-lone.js"),
  "source-send": () => import("./source-send.js"),
  "source-send-many": () => import("./source-send-many.js"),
  "one-of-each": () => import("./one-of-each.js"),
  "group-send": () => import("./group-send.js"),
  "open-tables": () => import("./open-tables.js"),
  "insert-beside": () => import("./insert-beside.js"),
  "pg-copy-streams-text": () => import("./pg-copy-streams-text.js"),
  "pg-copy-streams-binary": () => import("./pg-copy-streams-binary.js"),
  "postgres-js": () => import("./postgres-js.js"),
  "pg-unnest": () => import("./pg-unnest.js"),
  "pg-multi-row": () => import("./pg-multi-row.js"),
  "pg-insert": () => import("./pg-insert.js"),
  "open-loop-pg": () => import("./open-loop-pg.js"),
  "knex-batch-insert": () => import("./knex-batch-insert.js"),
  "drizzle-insert": () => import("./drizzle-insert.js"),
  "kysely-insert": () => import("./kysely-insert.js"),
  "upsert-copy": () => loadUpsert("copy"),
  "upsert-merge": () => loadUpsert("merge"),
  "upsert-loop": () => loadUpsert("loop"),
  "upsert-unnest": () => import("./upsert-unnest.js"),
  "upsert-multi-row": () => import("./upsert-multi-row.js"),
  "upsert-drizzle": () => import("./upsert-drizzle.js"),
  "upsert-kysely": () => import("./upsert-kysely.js"),
  "upsert-psql": () => import("./upsert-psql.js"),
} satisfies Record<string, Load>;

/** Contenders in another language, which have their own worker. */
const PYTHON = ["asyncpg", "psycopg"] as const;
export type PythonImplementation = (typeof PYTHON)[number];

export type Implementation = keyof typeof loads;

export async function openerOf(name: string): Promise<Open> {
  const load: Load | undefined = loads[name as Implementation];
  if (load === undefined) throw new Error(`There is no contender "${name}"`);
  return (await load()).open;
}

async function loadUpsert(form: WriteForm): Promise<{ readonly open: Open }> {
  const { upsertBy } = await import("./upsert-copier.js");
  return { open: upsertBy(form) };
}

export function isPython(name: string): name is PythonImplementation {
  return (PYTHON as readonly string[]).includes(name);
}

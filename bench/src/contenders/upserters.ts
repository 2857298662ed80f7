import type { AccountsTable } from "../workloads/upserts.js";
import type { Contender } from "./contender.js";

/** A way to upsert rows, over one connection unless its label says otherwise. */
export interface Upserter extends Omit<Contender, "slowness" | "lacks"> {
  readonly table: AccountsTable;
  /** Whether it writes rows whose keys are stored already. */
  readonly upserts: boolean;
}

/** The fast form of upsert, and what it is compared with. */
export const MERGE = "upsert-merge";
export const LOOP = "upsert-loop";
export const UNNEST = "upsert-unnest";

const ONE: Contender["options"] = { connections: 1 };
const PLAIN = { table: "upserts", upserts: true } as const;

/** All of them, in the order in which they run. */
export const upserters: readonly Upserter[] = [
  ours(MERGE, "onConflict"),
  { ...ours(MERGE, "onConflict, 2 connections"), id: "upsert-merge-2", options: {} },
  {
    ...ours(MERGE, "onConflict, with a CHECK constraint"),
    id: "upsert-merge-checked",
    table: "checked-upserts",
  },
  ours(LOOP, "onConflict, row by row"),
  { ...ours("upsert-copy", "COPY without conflicts"), upserts: false },
  {
    ...psql("upsert-psql-binary", "psql, ready binary files"),
    group: "limit",
    options: { ...ONE, binary: 1 },
  },
  psql("upsert-psql", "psql, ready text files"),
  peer(UNNEST, "pg, INSERT of unnested arrays"),
  peer("upsert-multi-row", "pg, multi-row INSERT"),
  peer("upsert-kysely", "Kysely, onConflict"),
  peer("upsert-drizzle", "Drizzle, onConflictDoUpdate"),
];

function ours(id: Contender["implementation"], label: string): Upserter {
  return { ...PLAIN, id, label, group: "ours", implementation: id, options: ONE };
}

function psql(id: string, label: string): Upserter {
  return { ...peer("upsert-psql", label), id };
}

function peer(id: Contender["implementation"], label: string): Upserter {
  return { ...ours(id, label), group: "peer" };
}

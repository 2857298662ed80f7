import {
  bigint,
  boolean,
  customType,
  doublePrecision,
  integer,
  jsonb,
  numeric,
  pgSchema,
  text,
  timestamp,
  uuid,
  type PgColumnBuilderBase,
} from "drizzle-orm/pg-core";

import { SCHEMA, type Workload } from "../workloads/workload.js";

const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });

/** Drizzle's column builders by SQL type. */
const COLUMNS: Readonly<Record<string, () => PgColumnBuilderBase>> = {
  bigint: () => bigint({ mode: "number" }),
  boolean: () => boolean(),
  bytea: () => bytea(),
  "double precision": () => doublePrecision(),
  integer: () => integer(),
  jsonb: () => jsonb(),
  "numeric(12,2)": () => numeric({ precision: 12, scale: 2 }),
  text: () => text(),
  "text[]": () => text().array(),
  "timestamp with time zone": () => timestamp({ withTimezone: true, precision: 6 }),
  uuid: () => uuid(),
};

/** A table as Drizzle describes it. */
export function drizzleTable({ table }: Workload) {
  const columns = Object.entries(table.columns).map(([name, { sql }]) => [name, COLUMNS[sql]!()]);
  return pgSchema(SCHEMA).table(
    table.name,
    Object.fromEntries(columns) as Record<string, PgColumnBuilderBase>,
  );
}

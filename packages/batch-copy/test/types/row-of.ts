import type { Pool } from "pg";

// Checked by the compiler: each line below @ts-expect-error must not compile.
import {
  bool,
  bytea,
  date,
  float4,
  float8,
  int2,
  int4,
  int8,
  json,
  jsonb,
  numeric,
  table,
  text,
  timestamp,
  timestamptz,
  uuid,
  varchar,
  type Copier,
  type CopierOptions,
  type Json,
  type PgPool,
  type RowOf,
  type TemporalInstant,
  type TemporalPlainDate,
  type TemporalPlainDateTime,
} from "../../dist/index.js";

/** Exactly the same type, optional keys included. */
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function isTrue(value: true): void {
  void value;
}

const metrics = table("metrics", { url: text, latency_ms: int8.nullable() });
type Metric = RowOf<typeof metrics>;
isTrue({} as Equal<Metric, { url: string; latency_ms?: bigint | number | null | undefined }>);

const all = table("everything", {
  a: bool,
  b: int2,
  c: int4,
  d: float4,
  e: float8,
  f: numeric(10, 2),
  g: varchar(3),
  h: bytea,
  i: uuid,
  j: json,
  k: jsonb.nullable(),
  l: date,
  m: timestamp,
  n: timestamptz,
});
interface Everything {
  a: boolean;
  b: number;
  c: number;
  d: number;
  e: number;
  f: string | number | bigint;
  g: string;
  h: Uint8Array;
  i: string;
  j: Json;
  k?: Json | null | undefined;
  l: Date | string | TemporalPlainDate;
  m: Date | string | TemporalPlainDateTime;
  n: Date | string | TemporalInstant;
}
isTrue({} as Equal<RowOf<typeof all>, { [K in keyof Everything]: Everything[K] }>);
// @ts-expect-error the check itself can fail
isTrue({} as Equal<Metric, { url: string }>);

export function rows(copier: Copier<Metric>): void {
  void copier.send({ url: "/" });
  void copier.send({ url: "/", latency_ms: 1 });
  void copier.send({ url: "/", latency_ms: 1n });
  void copier.send({ url: "/", latency_ms: null });
  void copier.sendMany([{ url: "/" }]);
  void copier.insert({ url: "/" }, { signal: AbortSignal.timeout(1), timeoutMs: 1 });
  // @ts-expect-error only insert() has a deadline
  void copier.send({ url: "/" }, { timeoutMs: 1 });
  // @ts-expect-error a NOT NULL column is missing
  void copier.send({ latency_ms: 1 });
  // @ts-expect-error NULL in a NOT NULL column
  void copier.send({ url: null });
  // @ts-expect-error a wrong value
  void copier.send({ url: 5 });
  // @ts-expect-error a string of digits is taken, but not meant to be written in a program
  void copier.insert({ url: "/", latency_ms: "1" });
  // @ts-expect-error an unknown key
  void copier.send({ url: "/", latency: 1 });
  // @ts-expect-error rows are objects
  void copier.sendMany(["/"]);
}

// @ts-expect-error columns are column types
table("t", { a: "text" });
// @ts-expect-error null is the SQL NULL, not a JSON value
export const noJson: Json = null;

export const options: CopierOptions<Metric> = {
  onReject({ row, error }) {
    const url: string = row.url;
    if (error.code === "ROW_REJECTED") {
      isTrue({} as Equal<typeof url, string>);
      const state: string = error.sqlState;
      void state;
    }
  },
};
// @ts-expect-error there is no such option
export const unknownOption: CopierOptions = { batchSize: 1 };

export function pools(pool: Pool): PgPool {
  return pool;
}

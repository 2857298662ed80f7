import {
  bool,
  float8,
  int4,
  int8,
  jsonb,
  numeric,
  table,
  text,
  timestamptz,
  uuid,
  type RowOf,
} from "batch-copy";

import { pick, scatter } from "./scatter.js";
import { SCHEMA, type Workload } from "./workload.js";

const COUNTRIES = ["AT", "BR", "CH", "DE", "FR", "JP", "US"];
const STATUSES = ["new", "active", "suspended", "closed"];
const FIRST_MOMENT = Date.UTC(2026, 0, 1);
/** A prime larger than any number of rows: its multiples reach each key once, in no order. */
const STRIDE = 2_654_435_761;
/** How many different accounts there are, except for their keys. */
const ACCOUNTS = 200;

const COLUMNS = {
  id: int8,
  reference: uuid,
  name: text,
  email: text,
  country: text,
  status: text.nullable(),
  visits: int4,
  balance: numeric(12, 2),
  rating: float8.nullable(),
  is_active: bool,
  settings: jsonb,
  seen_at: timestamptz,
};

/** The tables of upserts by what each is for. All have the same columns. */
const TABLES = {
  /** Has a primary key and nothing else. */
  upserts: accountsTable("upserts"),
  /** Has a CHECK constraint as well. */
  "checked-upserts": accountsTable("checked_upserts"),
  /** Holds the rows that are in the others when a run begins. */
  stored: accountsTable("stored"),
  /** Holds the rows that are sent. */
  incoming: accountsTable("incoming"),
};
type Accounts = (typeof TABLES)["upserts"];
export type AccountsTable = keyof typeof TABLES;

/** The primary key. */
export const KEY = "id";
/** What no row violates. */
export const CHECK = "visits >= 0";

/** Which rows are sent, and how many are there before. */
export interface Conflicts {
  /** How many rows of a hundred have the key of a stored one. */
  readonly percent: number;
  /** The stored rows have the keys from 0 to `stored`, exclusive. At most so many may be sent. */
  readonly stored: number;
}

/**
 * Rows that are sent. Each has a key of its own. The keys of stored rows come in no order, new keys
 * ascend. A stored row differs in all columns from the row that is sent for it.
 */
export function upsertsWorkload(
  name: AccountsTable,
  { percent, stored }: Conflicts,
): Workload<Accounts["columns"]> {
  return {
    ...accountsWorkload(name, stored),
    name: `${name}:${percent}:${stored}`,
    row(n) {
      const hitsBefore = Math.ceil((n * percent) / 100);
      const isHit = (n * percent) % 100 < percent;
      const id = isHit ? (hitsBefore * STRIDE) % stored : stored + n - hitsBefore;
      return { ...pick(templates, id + 1), id, visits: 1 + (n % 1000), is_active: n % 7 !== 0 };
    },
  };
}

/** The rows that are there before. */
export function storedWorkload(stored: number): Workload<Accounts["columns"]> {
  return { ...accountsWorkload("stored", stored), row: account };
}

function accountsWorkload(
  name: AccountsTable,
  stored: number,
): Omit<Workload<Accounts["columns"]>, "row"> {
  return {
    name: `${name}:${stored}`,
    description:
      "12 columns: int8 (the primary key), uuid, 4 short texts, int4, numeric, float8, bool, jsonb of 60 bytes, timestamptz; 2 of them nullable",
    table: TABLES[name],
    rows: stored,
    rowsPerInsert: 5000,
    line: (row, escaped) =>
      [
        row.id,
        row.reference,
        escaped(row.name),
        escaped(row.email),
        escaped(row.country),
        row.status ?? String.raw`\N`,
        row.visits,
        row.balance,
        row.rating ?? String.raw`\N`,
        row.is_active,
        escaped(JSON.stringify(row.settings)),
        (row.seen_at as Date).toISOString(),
      ].join("\t") + "\n",
  };
}

const templates: readonly RowOf<Accounts>[] = Array.from({ length: ACCOUNTS }, (_, n) => {
  const h = scatter(n);
  return {
    id: 0,
    reference: `00000000-0000-4000-8000-${h.toString(16).padStart(12, "0")}`,
    name: `Account ${h % 10_000}`,
    email: `account.${h % 10_000}@example.com`,
    country: pick(COUNTRIES, h >>> 4),
    status: h % 5 === 0 ? null : pick(STATUSES, h >>> 8),
    visits: 0,
    balance: `${(h >>> 8) % 10_000}.${10 + ((h >>> 4) % 90)}`,
    rating: h % 4 === 0 ? null : (h % 1000) / 8,
    is_active: true,
    settings: { theme: "dark", language: "en", beta: h % 2 === 0, size: h % 100 },
    seen_at: new Date(FIRST_MOMENT + n * 1000),
  };
});

/** The account of a key, as it is stored. */
function account(id: number): RowOf<Accounts> {
  return { ...pick(templates, id), id };
}

function accountsTable(name: string) {
  return table(name, COLUMNS, { schema: SCHEMA });
}

import {
  arrayOf,
  bool,
  int8,
  jsonb,
  numeric,
  table,
  text,
  timestamptz,
  uuid,
  type RowOf,
} from "batch-copy";

import { arrayLiteral } from "./array-literal.js";
import { pick, scatter } from "./scatter.js";
import { SCHEMA, type Workload } from "./workload.js";

const KINDS = ["page_view", "click", "purchase", "sign_up", "log_out"];
const SOURCES = ["web", "ios", "android"];
const TAGS = [["new"], ["returning", "mobile"], [], ["campaign", "summer", "email"]];
const AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36";
const FIRST_MOMENT = Date.UTC(2026, 0, 1);

/** The 65 536 groups of four hexadecimal digits. */
const HEX = Array.from({ length: 0x10000 }, (_, n) => n.toString(16).padStart(4, "0"));

const events = table(
  "events",
  {
    id: uuid,
    occurred_at: timestamptz,
    received_at: timestamptz.nullable(),
    kind: text,
    source: text,
    payload: jsonb,
    amount: numeric(12, 2),
    tags: arrayOf(text),
    is_test: bool,
    user_id: int8.nullable(),
    session_id: uuid.nullable(),
    note: text.nullable(),
  },
  { schema: SCHEMA },
);
type Event = RowOf<typeof events>;

/** Like the events of an audit trail. */
export const eventsWorkload: Workload<(typeof events)["columns"]> = {
  name: "events",
  description:
    "12 columns: 2 uuid, 2 timestamptz, 3 texts, jsonb of 200 bytes, numeric, text[], bool, int8; 4 of them nullable",
  table: events,
  rows: 1_000_000,
  rowsPerInsert: 1000,
  row(n) {
    const h = scatter(n);
    const occurredAt = FIRST_MOMENT + n * 250;
    return {
      id: identifier(h, n),
      occurred_at: new Date(occurredAt),
      received_at: h % 4 === 0 ? null : new Date(occurredAt + (h & 0xff)),
      kind: pick(KINDS, h >>> 4),
      source: pick(SOURCES, h >>> 4),
      payload: payload(n, h),
      amount: `${(h >>> 8) % 10_000}.${10 + ((h >>> 4) % 90)}`,
      tags: pick(TAGS, h >>> 16),
      is_test: (h & 0x100) === 0,
      user_id: h % 3 === 0 ? null : n * 7,
      session_id: h % 5 === 0 ? null : identifier(n, h),
      note: h % 8 === 0 ? 'said "no", then left' : null,
    };
  },
  line: (row, escaped) =>
    [
      row.id,
      moment(row.occurred_at),
      moment(row.received_at),
      escaped(row.kind),
      escaped(row.source),
      escaped(JSON.stringify(row.payload)),
      row.amount,
      escaped(arrayLiteral(row.tags as string[])),
      row.is_test,
      row.user_id ?? String.raw`\N`,
      row.session_id ?? String.raw`\N`,
      row.note === null || row.note === undefined ? String.raw`\N` : escaped(row.note),
    ].join("\t") + "\n",
};

function payload(n: number, h: number): Event["payload"] {
  return {
    path: `/catalog/items/${100_000 + (h % 900_000)}`,
    referrer: "https://example.com/search",
    agent: AGENT,
    screen: { width: 1920, height: 1080 },
    duration_ms: h % 10_000,
    sequence: n,
    ok: (h & 2) === 0,
  };
}

/** A UUID of version 4 from two numbers. */
function identifier(a: number, b: number): string {
  return `${HEX[a >>> 16]}${HEX[a & 0xffff]}-${HEX[b & 0xffff]}-4${HEX[(a >>> 4) & 0xfff]!.slice(1)}-8${HEX[b & 0xfff]!.slice(1)}-${HEX[(b >>> 16) & 0xffff]}${HEX[(a >>> 8) & 0xffff]}${HEX[(b >>> 8) & 0xffff]}`;
}

function moment(value: Event["received_at"]): string {
  return value instanceof Date ? value.toISOString() : String.raw`\N`;
}

import { createHash } from "node:crypto";

import { bool, int4, table, text, uuid, type RowOf, type Table } from "../../../dist/index.js";
import { SeededRandom } from "../fault/seeded-random.js";

const COLUMNS = {
  life: int4,
  producer: int4,
  seq: int4,
  key: int4,
  hits: int4,
  flawed: bool,
  body: text,
  checksum: uuid,
};

/** A row of a producer of a life: its content follows from these three numbers. */
export type SentRow = RowOf<Table<typeof COLUMNS>>;

/** One of so many rows has a flaw, in tables that refuse any. */
const FLAWED = { of: 37, remainder: 11 };

/** How many different keys rows have. */
const KEYS = 40;

/** The definition of a table for the rows of producers. */
export function sentTable(name: string, schema: string): Table<typeof COLUMNS> {
  return table(name, COLUMNS, { schema });
}

/** Whether a table that refuses rows refuses this one. */
export function isFlawed(seq: number): boolean {
  return seq % FLAWED.of === FLAWED.remainder;
}

/**
 * A row of a producer.
 *
 * @param mostText how often its text is repeated at most, but in rare rows
 */
export function sentRow(life: number, producer: number, seq: number, mostText: number): SentRow {
  const random = new SeededRandom((life * 1009 + producer) * 100_003 + seq);
  const content = {
    life,
    producer,
    seq,
    flawed: isFlawed(seq),
    body: "β|".repeat(random.percent(1) ? random.below(10_000) : random.below(mostText)),
  };
  const checksum = createHash("md5")
    .update([life, producer, seq, content.flawed, content.body].join("|"))
    .digest("hex");
  return { ...content, key: random.below(KEYS), hits: 1, checksum };
}

/** What {@link sentRow} says of a row, for the server to say. */
export const IS_INTACT = `coalesce(checksum = md5(concat_ws('|', life, producer, seq,
  CASE WHEN flawed THEN 'true' ELSE 'false' END, body))::uuid, false)`;

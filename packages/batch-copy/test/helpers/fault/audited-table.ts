import { createHash } from "node:crypto";

import type { Pool } from "pg";

import {
  bytea,
  int4,
  numeric,
  text,
  timestamptz,
  uuid,
  type RowOf,
  type Table,
} from "../../../dist/index.js";
import type { FoundRow } from "./books-report.js";
import type { SeededRandom } from "./seeded-random.js";

/** Columns of several kinds, and a checksum over all of them. */
export const AUDITED_COLUMNS = {
  id: int4,
  label: text,
  amount: numeric(12, 2),
  at: timestamptz,
  body: bytea.nullable(),
  checksum: uuid,
};

export type AuditedRow = RowOf<Table<typeof AUDITED_COLUMNS>>;

/** Whether a row is what was issued, for the server to say. */
const IS_INTACT = `coalesce(checksum = md5(concat_ws('|', id, label, amount,
  round(extract(epoch FROM at) * 1000)::int8, coalesce(encode(body, 'hex'), '-')))::uuid, false)`;

const ROWS_PER_FETCH = 50_000;

/**
 * A row with random content.
 *
 * @param label otherwise random
 */
export function auditedRow(id: number, random: SeededRandom, label?: string): AuditedRow {
  const content = {
    id,
    label: label ?? random.pick(["", "α", "plain", `${id} 'quoted' "|\\`]).repeat(random.below(9)),
    amount: `${random.below(1e6)}.${random.below(90) + 10}`,
    at: new Date(random.below(2 ** 31) * 1000 + random.below(1000)),
    body: random.percent(50) ? Buffer.alloc(bodySize(random), id % 251) : null,
  };
  return { ...content, checksum: checksumOf(content) };
}

/** Mostly small, now and then larger than a page of the batch. */
function bodySize(random: SeededRandom): number {
  return random.percent(1) ? random.below(100_000) : random.below(100);
}

function checksumOf(
  content: Pick<AuditedRow, "id" | "label" | "amount"> & { at: Date; body: Buffer | null },
): string {
  const { id, label, amount, at, body } = content;
  return createHash("md5")
    .update([id, label, amount, at.getTime(), body?.toString("hex") ?? "-"].join("|"))
    .digest("hex");
}

/** All rows of a table with {@link AUDITED_COLUMNS}. */
export async function* readAudited(pool: Pool, name: string): AsyncGenerator<FoundRow[]> {
  const client = await pool.connect();
  try {
    await client.query(
      `BEGIN; DECLARE found CURSOR FOR SELECT id, ${IS_INTACT} AS "isIntact" FROM ${name}`,
    );
    let rows: FoundRow[];
    do {
      ({ rows } = await client.query<FoundRow>(`FETCH ${ROWS_PER_FETCH} FROM found`));
      yield rows;
    } while (rows.length > 0);
    await client.query("COMMIT");
  } finally {
    client.release();
  }
}

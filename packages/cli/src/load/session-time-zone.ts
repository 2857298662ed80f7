import type { Pool } from "pg";

/** Names of UTC in the time zone database, and in PostgreSQL's own. */
const UTC = /^(?:etc\/)?(?:utc|uct|gmt|gmt[+-]?0|greenwich|universal|zulu)$/i;

/**
 * The time zone of sessions, in which COPY takes a `timestamptz` whose text has none. Of others than UTC the
 * server knows when their clocks change, and we do not.
 */
export async function sessionTimeZone(pool: Pool): Promise<"UTC" | undefined> {
  const { rows } = await pool.query<{ name: string }>(
    "SELECT pg_catalog.current_setting('TimeZone') AS name",
  );
  return UTC.test(rows[0]!.name) ? "UTC" : undefined;
}

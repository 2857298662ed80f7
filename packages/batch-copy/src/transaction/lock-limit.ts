/**
 * Limits the waits of a question of our own, whose answer is not awaited for long: a backend does not
 * notice that its client is gone while it waits for a lock, and each further attempt would leave another.
 */
export const LIMIT_WAITS: string = `SELECT FROM ${limitOfLocks(1000)}`;

/**
 * SQL that sets `lock_timeout` for the transaction. Where that is a function's work, and not a statement's, it
 * takes no round trip and hardly any time. Intervals can read the units that settings are shown with
 * (https://www.postgresql.org/docs/current/config-setting.html, "Numeric with Unit").
 *
 * @param timeoutMs how long the transaction waits for a lock, unless the session's `lock_timeout` is
 * shorter
 */
export function limitOfLocks(timeoutMs: number): string {
  const own = "pg_catalog.current_setting('lock_timeout')";
  const isShorter =
    `${own}::interval OPERATOR(pg_catalog.>) '0'::interval ` +
    `AND ${own}::interval OPERATOR(pg_catalog.<) '${timeoutMs} ms'::interval`;
  const timeout = `CASE WHEN ${isShorter} THEN ${own} ELSE '${timeoutMs}ms' END`;
  return `pg_catalog.set_config('lock_timeout', ${timeout}, true)`;
}

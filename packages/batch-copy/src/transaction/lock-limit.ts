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

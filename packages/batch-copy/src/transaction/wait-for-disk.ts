import { EQ } from "../catalog-operators.js";

const SETTING = "pg_catalog.current_setting('synchronous_commit')";

/**
 * A commit with this setting waits until all commits before it are on the server's disk, too, whatever
 * `synchronous_commit` is by default (https://www.postgresql.org/docs/current/wal-async-commit.html). Only one
 * value makes it wait for more.
 */
export const WAIT_FOR_DISK: string =
  `SELECT pg_catalog.set_config('synchronous_commit', CASE WHEN ${SETTING} ${EQ} 'remote_apply' ` +
  `THEN 'remote_apply' ELSE 'on' END, true)`;

import type { Queryable } from "./ask-catalog.js";
import { isServerAnswer, LOCK_TIMEOUT, type ServerAnswer } from "./server-answer.js";

/** Milliseconds to wait for a lock on the table: a locked table must not hold up `connect()`. */
const LOCK_TIMEOUT_MS = 100;

/**
 * The server's error for an INSERT, if it has one before any row. It is undefined as well if the table is
 * locked: the first batch will tell. The statement is planned, and nothing is executed.
 *
 * @param statement without parameters
 */
export async function errorOfInsert(
  statement: string,
  connection: Queryable,
): Promise<ServerAnswer | undefined> {
  const limit = `SELECT pg_catalog.set_config('lock_timeout', '${LOCK_TIMEOUT_MS}', true)`;
  try {
    // Statements that are sent together are one transaction, for which the limit holds.
    await connection.query(`${limit}; EXPLAIN (COSTS false) ${statement}`, []);
    return undefined;
  } catch (error) {
    if ((error as { code?: unknown }).code === LOCK_TIMEOUT) {
      return undefined;
    }
    if (!isServerAnswer(error)) {
      throw error;
    }
    return error;
  }
}

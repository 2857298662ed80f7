import type { PgServerError } from "../copy/driver.js";

/** The context of what a worker of Citus has rejected (src/backend/distributed/connection/remote_commands.c). */
const OF_WORKER = /^while executing command on /m;
/** Shards are called like their table, with their number behind; so are their constraints, mostly. */
const SHARD_NUMBER = /_\d{6,}$/;

/**
 * The constraint that an ERROR is about. Citus hands on a worker's message without its fields, so there
 * it is read from an English message.
 */
export function constraintOf({ constraint, message, where }: PgServerError): string | undefined {
  if (constraint !== undefined || !OF_WORKER.test(where ?? "")) {
    return constraint;
  }
  return /constraint "([^"]+)"/.exec(message)?.[1]?.replace(SHARD_NUMBER, "");
}

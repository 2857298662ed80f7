import type { PgServerError } from "../transaction/server-error.js";

/**
 * The context of an error of a Citus worker (src/backend/distributed/connection/remote_commands.c).
 */
const OF_WORKER = /^while executing command on /m;
/** The name of a shard is that of its table and a number; those of its constraints usually as well. */
const SHARD_NUMBER = /_\d{6,}$/;

/**
 * The constraint that an ERROR is about. Citus passes on the message of a worker without its fields, so
 * the constraint is read from the message, if it is in English.
 */
export function constraintOf({ constraint, message, where }: PgServerError): string | undefined {
  if (constraint !== undefined || !OF_WORKER.test(where ?? "")) {
    return constraint;
  }
  return /constraint "([^"]+)"/.exec(message)?.[1]?.replace(SHARD_NUMBER, "");
}

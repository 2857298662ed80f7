import { UsageError } from "./usage-error.js";

/**
 * Checks `--database-url`. Messages never repeat it, because it may contain a password.
 *
 * @returns undefined if it is not given: the library then reads DATABASE_URL, or else the PG* variables
 */
export function readDatabaseUrl(text: string | undefined): string | undefined {
  // pg takes keywords and values, which libpq reads, for the name of a database.
  if (text?.trim() === "" || (text !== undefined && /^\s*\w+\s*=/.test(text))) {
    throw new UsageError(
      "--database-url must be a URL, such as postgres://user@host/database; use the PG* variables for keywords and values",
    );
  }
  return text;
}

import type { Place } from "./write.js";

/**
 * How the context of a COPY's error begins in all languages of the server (the translations of
 * "COPY %s, line %llu" in src/backend/po); `%` is the table's name.
 */
const BEGINNINGS = ["COPY %, ", "%のCOPY、", "% 복사, "];

/**
 * Finds the number of the row in the context of a COPY's error: `COPY metrics, line 3211`, in the
 * server's language. The entry of the COPY is the last one, because it is the outermost. Its beginning
 * is compared as a whole: the name may hold numbers, and deferred triggers, which have a context
 * without a COPY, may name the table as well (`CopyFromErrorCallback` in
 * src/backend/commands/copyfrom.c).
 *
 * @param where the error's context
 * @param relation the table's bare name, or undefined if the name is ambiguous in a context
 * @param rows how many rows were sent
 * @returns from 1, or undefined if there is no such number
 */
export function copyLine(
  where: string | undefined,
  relation: string | undefined,
  rows: number,
): number | undefined {
  if (where === undefined || relation === undefined) {
    return undefined;
  }
  const entry = where.slice(where.lastIndexOf("\n") + 1);
  const beginning = BEGINNINGS.map((text) => text.replace("%", () => relation)).find((text) =>
    entry.startsWith(text),
  );
  if (beginning === undefined) {
    return undefined;
  }
  const digits = /\d+/.exec(entry.slice(beginning.length));
  const line = digits === null ? 0 : Number(digits[0]);
  return line >= 1 && line <= rows ? line : undefined;
}

/** The entry of a COPY, whatever the table is called. */
const OF_COPY = /^COPY |のCOPY、| 복사, /;

/**
 * Entries for a statement that another server has rejected: of Citus
 * (src/backend/distributed/connection/remote_commands.c) and of postgres_fdw (contrib/postgres_fdw/connection.c).
 */
const OF_REMOTE_STATEMENT = /^while executing command on |^remote SQL command: /;

/** Where an error arose, by its context. */
export function placeOf(where: string | undefined): Place {
  const entries = where?.split("\n") ?? [];
  const isStatement = (entry: string): boolean =>
    OF_COPY.test(entry) || OF_REMOTE_STATEMENT.test(entry);
  if (!entries.every(isStatement)) {
    return "function";
  }
  return entries.length === 1 && OF_COPY.test(entries[0]!) ? "row" : "statement";
}

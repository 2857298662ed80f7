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

/**
 * Entries of a context that are not about a function: that of a COPY into any table, and that of Citus
 * for a statement that a worker has rejected (src/backend/distributed/connection/remote_commands.c).
 */
const OUTSIDE_OF_FUNCTIONS = /^COPY |のCOPY、| 복사, |^while executing command on /;

/** Whether the error comes from inside a function or trigger. */
export function isInFunction(where: string | undefined): boolean {
  return where?.split("\n").some((entry) => !OUTSIDE_OF_FUNCTIONS.test(entry)) ?? false;
}

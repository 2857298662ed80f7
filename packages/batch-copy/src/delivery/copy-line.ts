/**
 * How PostgreSQL's languages begin the context of a COPY around the table's name. Elsewhere in a
 * context the name proves nothing: an AFTER trigger is not in the COPY's context any more, and its
 * function, whose line numbers are its own, may well be called `metrics_audit`.
 */
const FRAMES: readonly (readonly [before: string, after: RegExp])[] = [
  ["COPY ", /^[^\p{L}\p{N}_$]\D*(\d+)/u],
  // Japanese and Korean.
  ["", /^のCOPY\D*(\d+)/],
  ["", /^ 복사\D*(\d+)/],
];

/**
 * Finds the number of the row in the context of a COPY's error: `COPY metrics, line 3211`, in the
 * server's language. The entry of the COPY is the last one, because it is the outermost; the first
 * number behind the table's name counts, because the name itself may hold numbers
 * (`CopyFromErrorCallback` in src/backend/commands/copyfrom.c).
 *
 * @param where the error's context
 * @param relation the table's bare name, or undefined if it cannot be told from what stands around it
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
  for (const [before, after] of FRAMES) {
    const start = before + relation;
    const digits = entry.startsWith(start) ? after.exec(entry.slice(start.length))?.[1] : undefined;
    const line = Number(digits ?? 0);
    if (line >= 1 && line <= rows) {
      return line;
    }
  }
  return undefined;
}

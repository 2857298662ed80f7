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
  if (relation === undefined) {
    return undefined;
  }
  const entry = where?.slice(where.lastIndexOf("\n") + 1) ?? "";
  const start = entry.indexOf(relation);
  if (start === -1) {
    return undefined;
  }
  const digits = /\d+/.exec(entry.slice(start + relation.length));
  const line = digits === null ? 0 : Number(digits[0]);
  return line >= 1 && line <= rows ? line : undefined;
}

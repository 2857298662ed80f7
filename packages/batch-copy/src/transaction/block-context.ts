/** The name of a DO block in an error's context. */
const BLOCK = "inline_code_block";

/**
 * The context of an error without the last entries: a statement of our DO block, and the block itself.
 * Their words are translated; their texts and their lines are not (`_SPI_error_callback` in
 * src/backend/executor/spi.c, `plpgsql_exec_error_callback` in src/pl/plpgsql/src/pl_exec.c).
 *
 * @param inner the statements of the block; none if there is no block
 */
export function withoutBlock(
  where: string | undefined,
  inner: readonly string[],
): string | undefined {
  const lines = where?.split("\n") ?? [];
  if (inner.length === 0 || !lines.at(-1)?.includes(BLOCK)) {
    return where;
  }
  const outside = lines.slice(0, -1);
  const statement = inner.find((sql) => lastLines(outside, sql).includes(sql));
  return outside
    .slice(0, outside.length - (statement === undefined ? 0 : linesOf(statement)))
    .join("\n");
}

function lastLines(lines: readonly string[], sql: string): string {
  return lines.slice(-linesOf(sql)).join("\n");
}

function linesOf(sql: string): number {
  return sql.split("\n").length;
}

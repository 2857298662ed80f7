/**
 * SQL of the user in parentheses, so that it cannot end the statement by mistake. After a comment they
 * are closed in a new line.
 */
export function inParentheses(sql: string): string {
  return sql.includes("--") ? `(${sql}\n)` : `(${sql})`;
}

import { quoteIdentifier } from "../codecs/identifier.js";
import type { Arbiter } from "./arbiter.js";
import type { Assignment } from "./conflict-columns.js";
import { inParentheses } from "./in-parentheses.js";

/**
 * The clause of an INSERT that says what happens to a row that conflicts. SQL of the user is in
 * parentheses.
 *
 * @param assignments none to ignore the row
 */
export function conflictClause(
  { target }: Arbiter,
  assignments: readonly Assignment[],
  where: string | undefined,
): string {
  if (assignments.length === 0) {
    return `ON CONFLICT ${target} DO NOTHING`;
  }
  const sets = assignments.map(({ column, sql }) => {
    const name = quoteIdentifier(column);
    return `${name} = ${sql === undefined ? `excluded.${name}` : inParentheses(sql)}`;
  });
  const condition = where === undefined ? "" : ` WHERE ${inParentheses(where)}`;
  return `ON CONFLICT ${target} DO UPDATE SET ${sets.join(", ")}${condition}`;
}

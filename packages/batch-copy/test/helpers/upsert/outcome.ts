/**
 * What became of a row: `written` (or skipped, or ignored), `invalid` if it could not be encoded, or
 * else the SQLSTATE and the constraint.
 */
export type RowOutcome = string;

export const WRITTEN: RowOutcome = "written";
export const INVALID: RowOutcome = "invalid";

export function refused(sqlState: string, constraint: string | undefined): RowOutcome {
  return `refused ${sqlState} ${constraint ?? ""}`.trimEnd();
}

/**
 * Whether a contender told of a row what the reference did. What an encoder refuses, the server refuses
 * too, perhaps for another reason that it comes to first.
 *
 * @param hasDeferred whether constraints are deferred: a row that violates several may then be refused
 * for any of them
 */
export function isSameOutcome(
  expected: RowOutcome,
  actual: RowOutcome,
  hasDeferred: boolean,
): boolean {
  const isLoose = actual === INVALID || (hasDeferred && IS_REFUSED.test(actual));
  return expected === actual || (isLoose && IS_REFUSED.test(expected));
}

const IS_REFUSED = /^refused /;

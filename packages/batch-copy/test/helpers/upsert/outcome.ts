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

/** Whether a contender told of a row what the reference did. */
export function isSameOutcome(expected: RowOutcome, actual: RowOutcome): boolean {
  return expected === actual || (actual === INVALID && IS_OF_VALUE.test(expected));
}

/** The codes for what an encoder refuses: data exceptions, and NULL where there must be a value. */
const IS_OF_VALUE = /^refused (22|23502)/;

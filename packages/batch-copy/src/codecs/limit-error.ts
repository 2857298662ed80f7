/**
 * A value that its type excludes by something that a migration may change: a length, a precision,
 * labels, attributes, NOT NULL.
 */
export class LimitError extends RangeError {}

/** Whether a limit is the reason of an error, perhaps of a part of the value. */
export function isLimitExceeded(error: unknown): boolean {
  return error instanceof Error && (error instanceof LimitError || isLimitExceeded(error.cause));
}

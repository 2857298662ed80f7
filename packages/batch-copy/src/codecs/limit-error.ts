/**
 * A value that its type excludes by something that a migration may change: a length, a precision,
 * labels, attributes, NOT NULL.
 */
export class LimitError extends RangeError {}

/** Whether a limit is the reason of an error, perhaps of a part of the value. */
export function isLimitExceeded(error: unknown): boolean {
  // What a getter throws may be its own cause.
  const seen = new Set<unknown>();
  for (let cause = error; cause instanceof Error && !seen.has(cause); cause = cause.cause) {
    if (cause instanceof LimitError) {
      return true;
    }
    seen.add(cause);
  }
  return false;
}

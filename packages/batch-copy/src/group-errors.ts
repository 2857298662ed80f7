import { RowsRejectedError, UndeliveredError } from "./errors.js";

/** How many rejections one error carries. */
const SHOWN_REJECTIONS = 10;

/** Waits for all tables; rejects if any of them does, with one error for the rows of all tables. */
export async function settleAll(work: Iterable<Promise<void>>): Promise<void> {
  const results = await Promise.allSettled(work);
  const errors = results.flatMap((result) => {
    return result.status === "rejected" ? [result.reason as Error] : [];
  });
  if (errors.length > 0) {
    throw errors.length === 1 ? errors[0]! : errorOfAll(errors);
  }
}

function errorOfAll(errors: readonly Error[]): Error {
  const undelivered = errors.filter((error) => error instanceof UndeliveredError);
  const rejected = errors.filter((error) => error instanceof RowsRejectedError);
  const cause =
    rejected.length === 0 ? errors.find((error) => !isUndelivered(error)) : rejectedOf(rejected);
  return undelivered.length === 0 ? cause! : undeliveredOf(undelivered, cause);
}

function isUndelivered(error: Error): boolean {
  return error instanceof UndeliveredError;
}

function rejectedOf(errors: readonly RowsRejectedError[]): RowsRejectedError {
  const count = errors.reduce((sum, error) => sum + error.count, 0);
  const rejections = errors.flatMap((error) => error.rejections).slice(0, SHOWN_REJECTIONS);
  const cause = errors.find((error) => error.cause !== undefined)?.cause;
  return new RowsRejectedError(count, rejections, cause === undefined ? {} : { cause });
}

function undeliveredOf(
  errors: readonly UndeliveredError[],
  cause: Error | undefined,
): UndeliveredError {
  return new UndeliveredError(
    errors[0]!.message,
    errors.flatMap(({ rows }) => rows),
    errors.flatMap(({ inDoubt }) => inDoubt),
    { cause: cause ?? errors[0]!.cause, errors },
  );
}

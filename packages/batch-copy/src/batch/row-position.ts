import { ClosedError, EncodeError } from "../errors.js";

/**
 * Adds the position of the row to its error.
 *
 * @param before how many rows were accepted before those that the error counts, if it counts any
 * @param skipped how many more there were that were invalid
 */
export function addPosition(error: unknown, before: number, skipped = 0): void {
  if (error instanceof EncodeError) {
    error.accepted = (error.accepted ?? 0) + before;
    error.index = (error.index ?? 0) + before + skipped;
  } else if (error instanceof ClosedError) {
    error.accepted = (error.accepted ?? 0) + before;
  }
}

import { inspect } from "node:util";

import { BatchCopyError } from "../errors.js";

/** The position after the last one must be a bigint of the server, too. */
const LAST_POSITION = 2n ** 63n - 2n;

/**
 * A position of a source as a bigint.
 *
 * @throws BatchCopyError with code `POSITION` if it is none
 */
export function toPosition(position: unknown): bigint {
  const isInteger = typeof position === "bigint" || Number.isSafeInteger(position);
  const value = isInteger ? BigInt(position as bigint | number) : -1n;
  if (value < 0n || value > LAST_POSITION) {
    throw positionError(
      `a position must be a bigint or a safe integer from 0 to ${LAST_POSITION}, got ${inspect(position)}`,
    );
  }
  return value;
}

export function positionError(message: string): BatchCopyError {
  return new BatchCopyError("POSITION", message);
}

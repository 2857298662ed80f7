import type { SentRow } from "../batch/encode-unit.js";
import type { InvalidRow } from "../batch/units.js";
import type { EncodeError } from "../errors.js";

/** A position of a source. */
export interface SourcePlace {
  readonly source: string;
  readonly position: bigint;
}

/**
 * Makes the letter of a row that cannot be encoded, or was sent together with one.
 *
 * @param first the error of the first invalid row
 */
export type MakeInvalidRow<Row = object> = (
  sent: SentRow<Row>,
  first: EncodeError,
  place: SourcePlace,
) => InvalidRow;

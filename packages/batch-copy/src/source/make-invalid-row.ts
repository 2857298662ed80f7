import type { InvalidRow } from "../batch/units.js";
import type { EncodeError } from "../errors.js";

/** A position of a source. */
export interface SourcePlace {
  readonly source: string;
  readonly position: bigint;
}

/** Makes the letter of a row that cannot be encoded. */
export type MakeInvalidRow = (row: object, error: EncodeError, place: SourcePlace) => InvalidRow;

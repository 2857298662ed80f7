import type { EncodeError, RowRejectedError } from "./errors.js";

/** A letter whose row was rejected again. */
export interface RefusedLetter {
  /** The id of the letter, which is still in the table of dead letters. */
  readonly id: bigint;
  /** The values by the keys of rows, in their text form. */
  readonly row: Readonly<Record<string, string | null>>;
  /** An EncodeError if the letter does not have the columns that the copier fills, or cannot be deleted. */
  readonly error: RowRejectedError | EncodeError;
}

/** What became of dead letters. */
export interface ResendResult {
  /** How many rows were written, or ignored by `onConflict`; their letters are deleted. */
  readonly sent: number;
  readonly refused: readonly RefusedLetter[];
}

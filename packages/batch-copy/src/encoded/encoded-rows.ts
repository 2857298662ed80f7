import type { EncodedTuples } from "../batch/encoded-tuples.js";
import { shown } from "../invalid-option.js";

/**
 * What they consist of.
 *
 * @internal
 * @throws TypeError for any other value
 */
export let tuplesOf: (rows: EncodedRows) => EncodedTuples;

/**
 * Rows that an encoder has encoded. They are valid until the encoder is given the next row.
 *
 * @internal
 */
export let createEncoded: (tuples: EncodedTuples) => EncodedRows;

/**
 * Rows that a {@link RowEncoder} has encoded, each with a position. They are in its memory, which it uses
 * again for the next row: send them before.
 */
export class EncodedRows {
  static {
    tuplesOf = (rows) => {
      if (typeof rows !== "object" || rows === null || !(#tuples in rows)) {
        throw new TypeError(
          `sendEncoded() takes the rows of an encoder's take(), got ${shown(rows)}`,
        );
      }
      return rows.#tuples;
    };
    createEncoded = (tuples) => new EncodedRows(tuples);
  }
  readonly #tuples: EncodedTuples;

  private constructor(tuples: EncodedTuples) {
    this.#tuples = tuples;
  }

  /** How many rows there are. */
  get count(): number {
    return this.#tuples.positions.length;
  }

  /** The encoded bytes. */
  get bytes(): number {
    return this.#tuples.tuples.length;
  }
}

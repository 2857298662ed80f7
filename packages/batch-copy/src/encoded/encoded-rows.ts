import type { EncodedTuples } from "../batch/encoded-tuples.js";

/**
 * What they consist of.
 *
 * @internal
 */
export let tuplesOf: (rows: EncodedRows) => EncodedTuples;

/**
 * Rows that an encoder has encoded. They are valid until the encoder is given the next row.
 *
 * @internal
 */
export let createEncoded: (tuples: EncodedTuples) => EncodedRows;

/** Rows that a {@link RowEncoder} has encoded, each with a position. */
export class EncodedRows {
  static {
    tuplesOf = (rows) => rows.#tuples;
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

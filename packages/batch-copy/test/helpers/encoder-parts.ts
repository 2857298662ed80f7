import type { EncodedTuples } from "../../dist/batch/encoded-tuples.js";
import * as encodedRows from "../../dist/encoded/encoded-rows.js";
import * as rowEncoder from "../../dist/encoded/row-encoder.js";
import type { RowFormat } from "../../dist/table/row-format.js";

/** What is internal has no declarations. */
interface Internals {
  readonly tuplesOf: (rows: encodedRows.EncodedRows) => EncodedTuples;
  readonly createEncoder: (
    format: RowFormat<object>,
    owner: object,
    options: rowEncoder.EncoderOptions,
  ) => rowEncoder.RowEncoder;
}

const internals = { ...encodedRows, ...rowEncoder } as unknown as Internals;

/** What rows of an encoder consist of. */
export const tuplesOf: Internals["tuplesOf"] = internals.tuplesOf;

/** Creates an encoder without a copier. */
export const createEncoder = (format: RowFormat<object>, owner: object): rowEncoder.RowEncoder =>
  internals.createEncoder(format, owner, {});

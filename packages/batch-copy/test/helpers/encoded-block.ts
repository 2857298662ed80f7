import type { EncodedTuples, LentMemory } from "../../dist/batch/encoded-tuples.js";
import type { RowCodec } from "../../dist/batch/row-codec.js";
import type { PositionedRows, UnitSource } from "../../dist/batch/units.js";

/** Rows whose tuples are their texts, at positions that begin at `first`. */
export interface Block {
  readonly tuples: Buffer;
  readonly ends: Uint32Array;
  readonly positions: Float64Array;
  readonly memory: LentMemory;
}

export function blockOf(texts: readonly string[], first = 0): Block {
  let end = 0;
  return {
    tuples: Buffer.from(texts.join("")),
    ends: Uint32Array.from(texts, (text) => (end += Buffer.byteLength(text))),
    positions: Float64Array.from(texts, (_, index) => first + index),
    memory: { isReused: false },
  };
}

/** As a batcher takes them. */
export function positioned(block: Block, source?: UnitSource): PositionedRows {
  const { ends, positions, memory } = block;
  return { source, ends, positions, memory };
}

/** As an admission takes them. */
export function encoded<Row>(block: Block, owner: object, codec: RowCodec<Row>): EncodedTuples {
  return { ...block, owner, codec };
}

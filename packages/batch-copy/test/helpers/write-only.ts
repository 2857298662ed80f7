import type { RowCodec } from "../../dist/batch/row-codec.js";

/** A codec for tests in which no row is read back. */
export function writeOnly<Row>(encode: RowCodec<Row>["encode"]): RowCodec<Row> {
  return {
    encode,
    decode: noRow,
    keyOf: noRow,
  };
}

function noRow(): never {
  throw new Error("no row is read back in this test");
}

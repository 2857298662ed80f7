import { isUint8Array } from "node:util/types";

import { columnType, type ColumnType } from "./column-type.js";
import { wrongKind } from "./describe-value.js";

/** `bytea`: any `Uint8Array`, so a `Buffer` too. Its bytes are copied when the row is sent. */
export const bytea: ColumnType<Uint8Array> = columnType("bytea", {
  encode(value, out) {
    if (!isUint8Array(value)) {
      throw wrongKind("a Uint8Array", value);
    }
    out.bytes(value);
  },
  decode: (input) => input.bytes(),
});

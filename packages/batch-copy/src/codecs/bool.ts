import { columnType, type ColumnType } from "./column-type.js";
import { wrongKind } from "./describe-value.js";

/** `boolean`: `true` or `false`. */
export const bool: ColumnType<boolean> = columnType("bool", {
  sql: "boolean",
  encode(value, out) {
    if (typeof value !== "boolean") {
      throw wrongKind("a boolean", value);
    }
    out.int8(value ? 1 : 0);
  },
  decode: (input) => input.int8() !== 0,
});

import { columnType, type ColumnType } from "../column-type.js";
import { describeValue } from "../describe-value.js";
import { writeInt64 } from "./integer.js";

/**
 * `money`: a `bigint` of 64 bits, or a `number` that is a safe integer, which counts the smallest
 * unit of the database's `lc_monetary`: cents for `en_US`, yen for `ja_JP`. That is what the binary
 * form holds (`cash_recv` in src/backend/utils/adt/cash.c). Text is refused: what `"1,234.50"` means
 * depends on that setting. A `bigint` comes back.
 */
export const money: ColumnType<bigint | number> = columnType("money", {
  encode(value, out) {
    if (typeof value === "string") {
      throw new TypeError(
        `the meaning of ${describeValue(value)} depends on lc_monetary: pass an integer in the smallest unit`,
      );
    }
    writeInt64(value, out);
  },
  decode: (input) => input.int64(),
});

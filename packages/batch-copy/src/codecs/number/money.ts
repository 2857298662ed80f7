import { columnType, type ColumnType } from "../column-type.js";
import { describeValue } from "../describe-value.js";
import { writeInt64 } from "./integer.js";

/**
 * `money`: an amount in the smallest unit of the database's `lc_monetary` (cents for `en_US`, yen
 * for `ja_JP`), as a 64-bit `bigint` or a safe integer. That is what the binary format contains
 * (`cash_recv` in src/backend/utils/adt/cash.c). Text is an error, because the meaning of
 * `"1,234.50"` depends on the setting. Decodes to a `bigint`.
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

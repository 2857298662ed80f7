import { columnType, type ColumnType } from "./column-type.js";
import { wrongKind } from "./describe-value.js";

/**
 * `real`: a `number`, rounded to the nearest single precision value, as PostgreSQL does; NaN and
 * the infinities included. A number that single precision can only hold as 0 or infinity is out of
 * range, as it is for `float4in` (src/backend/utils/adt/float.c).
 */
export const float4: ColumnType<number> = columnType("float4", {
  sql: "real",
  encode(value, out) {
    if (typeof value !== "number") {
      throw wrongKind("a number", value);
    }
    const rounded = Math.fround(value);
    if (rounded !== value && (rounded === 0 || !Number.isFinite(rounded)) && !Number.isNaN(value)) {
      throw new RangeError(`${value} is out of range of single precision`);
    }
    out.float32(value);
  },
  decode: (input) => input.float32(),
});

/** `double precision`: any `number`, NaN and the infinities included. */
export const float8: ColumnType<number> = columnType("float8", {
  sql: "double precision",
  encode(value, out) {
    if (typeof value !== "number") {
      throw wrongKind("a number", value);
    }
    out.float64(value);
  },
  decode: (input) => input.float64(),
});

import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { TextScanner } from "../text-form/text-scanner.js";
import { floatOfDigits } from "./digits.js";
import { isUnderflow, parseFloat32, parseFloat64 } from "./float-text.js";

/**
 * `real`: a `number`, including NaN and infinities, rounded to single precision as PostgreSQL does,
 * or the text of one: `"1.5e3"`. A number that would round to 0 or to infinity is out of range, as
 * for `float4in` (src/backend/utils/adt/float.c).
 */
export const float4: ColumnType<number> = columnType("float4", {
  sql: "real",
  encode(value, out) {
    if (typeof value !== "number") {
      out.float32(float32Of(value));
      return;
    }
    const rounded = Math.fround(value);
    if (rounded !== value && (rounded === 0 || !Number.isFinite(rounded)) && !Number.isNaN(value)) {
      throw outOfFloat32(value);
    }
    out.float32(value);
  },
  decode: (input) => input.float32(),
});

/**
 * `double precision`: any `number`, including NaN and infinities, or the text of one: `"1.5e3"`.
 */
export const float8: ColumnType<number> = columnType("float8", {
  sql: "double precision",
  encode(value, out) {
    out.float64(typeof value === "number" ? value : parseFloat64(numberText(value)));
  },
  encodeUtf8(bytes, start, end, out) {
    const value = floatOfDigits(bytes, start, end);
    if (value !== value) {
      return false;
    }
    out.float64(value);
    return true;
  },
  decode: (input) => input.float64(),
});

function float32Of(value: unknown): number {
  const text = numberText(value);
  const number = parseFloat32(text);
  if (isUnderflow(number, text)) {
    throw outOfFloat32(value);
  }
  return number;
}

/** The number in a text, without the whitespace around it. */
function numberText(value: unknown): string {
  if (typeof value !== "string") {
    throw wrongKind("a number", value);
  }
  const scanner = new TextScanner(value, "number");
  const number = scanner.number();
  scanner.expectEnd();
  return number;
}

function outOfFloat32(value: unknown): Error {
  return new RangeError(`${describeValue(value)} is out of range for single precision`);
}

import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { trimSpace } from "../text-form/space.js";

/** What `boolout` prints. */
const LETTER_T = 116;
const LETTER_F = 102;

/** `boolean`: `true`, `false`, or a string that PostgreSQL reads as a boolean: `"t"`, `"off"`. */
export const bool: ColumnType<boolean> = columnType("bool", {
  sql: "boolean",
  encode(value, out) {
    const isTrue = typeof value === "boolean" ? value : parseBool(value);
    out.int8(isTrue ? 1 : 0);
  },
  encodeUtf8(bytes, start, end, out) {
    const first = bytes[start];
    const isOne = end - start === 1;
    if (isOne && (first === LETTER_T || first === LETTER_F)) {
      out.int8(first === LETTER_T ? 1 : 0);
    }
    return isOne && (first === LETTER_T || first === LETTER_F);
  },
  decode: (input) => input.int8() !== 0,
});

/** The words of `parse_bool_with_len` in src/backend/utils/adt/bool.c and their abbreviations. */
const TRUE = /^(?:t(?:r(?:ue?)?)?|y(?:es?)?|on|1)$/i;
const FALSE = /^(?:f(?:a(?:l(?:se?)?)?)?|no?|off?|0)$/i;

function parseBool(value: unknown): boolean {
  if (typeof value !== "string") {
    throw wrongKind("a boolean", value);
  }
  const word = trimSpace(value);
  if (!TRUE.test(word) && !FALSE.test(word)) {
    throw new RangeError(`${describeValue(value)} is not a valid boolean`);
  }
  return TRUE.test(word);
}

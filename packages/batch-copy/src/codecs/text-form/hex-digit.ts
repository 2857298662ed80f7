import { codeAt, type TextSource } from "./code-at.js";

/** The values of the ASCII hexadecimal digits by character code, -1 for other characters. */
const HEX_VALUES: Int8Array = hexValues();

/** The value of the hexadecimal digit at `at`, or -1. */
export function hexDigit(text: TextSource, at: number): number {
  // Past the end charCodeAt gives NaN, beyond ASCII the table has nothing: both are no digit.
  return HEX_VALUES[codeAt(text, at)] ?? -1;
}

function hexValues(): Int8Array {
  const values = new Int8Array(128).fill(-1);
  for (const digit of "0123456789abcdefABCDEF") {
    values[digit.charCodeAt(0)] = Number.parseInt(digit, 16);
  }
  return values;
}

import fc from "fast-check";

import { money } from "../../../../dist/codecs/number/money.js";
import type { TypeSamples } from "../../type-sample.js";

/** As the server reads it where `lc_monetary` is `C`, or has two digits behind a point as well. */
function literalOf(cents: bigint): string {
  const digits = String(cents < 0n ? -cents : cents).padStart(3, "0");
  return `${cents < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const cents = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -1000n, max: 1000n }),
);

export const moneySamples: readonly TypeSamples[] = [
  {
    type: money,
    accepted: [
      [0, "0", 0n],
      [1234n, "12.34"],
      [-5, "-0.05", -5n],
      [Number.MAX_SAFE_INTEGER, "90071992547409.91", 9_007_199_254_740_991n],
      [2n ** 63n - 1n, "92233720368547758.07"],
      [-(2n ** 63n), "-92233720368547758.08"],
    ],
    refused: [
      ["12.34", /the meaning of "12.34" depends on lc_monetary: pass an integer/],
      ["$1", /depends on lc_monetary/],
      [12.34, /expected an integer or a bigint, got 12.34/],
      [2n ** 63n, /out of range/],
      [2 ** 53, /not a safe integer/],
      [true, /expected an integer or a bigint/],
    ],
    generated: fc.oneof(
      cents.map((value): [unknown, string] => [value, literalOf(value)]),
      fc.maxSafeInteger().map((value): [unknown, string] => [value, literalOf(BigInt(value))]),
    ),
  },
];

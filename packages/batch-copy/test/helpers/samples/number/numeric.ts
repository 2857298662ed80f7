import fc, { type Arbitrary } from "fast-check";

import { numeric } from "../../../../dist/codecs/number/numeric.js";
import type { TypeSamples } from "../../type-sample.js";

function digits(minLength: number, maxLength: number): Arbitrary<string> {
  return fc.string({ unit: fc.nat(9).map(String), minLength, maxLength });
}

/** Decimal text with so many digits at most before and behind the point, or of a short one. */
function decimals(integer: number, fraction: number): Arbitrary<string> {
  const size = (most: number): Arbitrary<string> =>
    fc.oneof(digits(1, Math.min(most, 6)), digits(1, most));
  return fc
    .tuple(fc.constantFrom("", "-"), size(integer), fc.option(size(fraction)))
    .map(([sign, whole, part]) => `${sign}${whole}${part === null ? "" : `.${part}`}`);
}

const same = (value: unknown): readonly [unknown, string] => [value, String(value)];
/** Amounts in cents and the like, of all sizes. */
const roundNumbers = fc
  .tuple(fc.maxSafeInteger(), fc.nat(15), fc.nat(8))
  .map(([units, cut, scale]) => Math.trunc(units / 10 ** cut) / 10 ** scale);

export const numericSamples: readonly TypeSamples[] = [
  {
    type: numeric(),
    accepted: [
      [0, "0", "0"],
      [-0, "0", "0"],
      ["0.000", "0.000", "0.000"],
      [".5", "0.5", "0.5"],
      ["5.", "5", "5"],
      ["-12.50", "-12.50", "-12.50"],
      [0.1, "0.1", "0.1"],
      [1e21, "1000000000000000000000", "1000000000000000000000"],
      [1e-7, "0.0000001", "0.0000001"],
      ["1e-20", "1e-20", "0.00000000000000000001"],
      ["12e3", "12000", "12000"],
      ["+007", "7", "7"],
      [" 1.50\v\n", "1.50", "1.50"],
      ["9999", "9999"],
      ["10000", "10000"],
      ["10000.0001", "10000.0001"],
      ["0.00010001", "0.00010001"],
      [
        12345678901234567890123456789n,
        "12345678901234567890123456789",
        "12345678901234567890123456789",
      ],
      ["9".repeat(131_072), "9".repeat(131_072)],
      [`0.${"1".repeat(16_383)}`, `0.${"1".repeat(16_383)}`],
      [Number.NaN, "NaN", "NaN"],
      ["NaN", "NaN"],
    ],
    refused: [
      ["", /is not a valid decimal number/],
      [".", /is not a valid decimal number/],
      ["1,5", /is not a valid decimal number/],
      ["1 0", /is not a valid decimal number/],
      ["\u00a01", /is not a valid decimal number/],
      ["0x10", /is not a valid decimal number/],
      ["1e", /is not a valid decimal number/],
      ["1".repeat(131_073), /less than 1e131072/],
      ["1e999999999", /less than 1e131072/],
      ["1e-16384", /more than 16383 decimal places/],
      [true, /expected a number, a bigint or a decimal string/],
      [`1${"0".repeat(1_000_000)}1`, /less than 1e131072/],
      [`${"0".repeat(1_000_000)}x`, /is not a valid decimal number/],
    ],
  },
  {
    type: numeric(),
    since: 14,
    accepted: [
      [Infinity, "Infinity", "Infinity"],
      ["-Infinity", "-Infinity"],
    ],
    refused: [],
  },
  {
    type: numeric(10, 2),
    accepted: [
      ["12345678.99", "12345678.99"],
      [1.5, "1.5", "1.5"],
      ["1.5000", "1.5", "1.50"],
      ["-0.01", "-0.01"],
      ["NaN", "NaN"],
    ],
    refused: [
      ["0.001", /more than 2 decimal places/],
      [0.1 + 0.2, /more than 2 decimal places/],
      ["123456789", /less than 1e8/],
      [Infinity, /cannot store an infinity/],
    ],
  },
  {
    type: numeric(2, -3),
    since: 15,
    accepted: [
      [99_000, "99000", "99000"],
      ["1e3", "1000", "1000"],
      [0, "0", "0"],
    ],
    refused: [
      [100_000, /less than 1e5/],
      [1500, /multiple of 1e3/],
    ],
  },
  {
    type: numeric(2, 4),
    since: 15,
    accepted: [
      ["0.0099", "0.0099"],
      ["-0.0001", "-0.0001"],
    ],
    refused: [["0.01", /less than 1e-2/]],
  },
  {
    type: numeric(),
    accepted: [
      [9_007_199_254_740_991, "9007199254740991", "9007199254740991"],
      [-9_007_199_254_740_991n, "-9007199254740991", "-9007199254740991"],
      [9_007_199_254_740_993n, "9007199254740993", "9007199254740993"],
      [2 ** 53, "9007199254740992", "9007199254740992"],
      ["9007199254740993", "9007199254740993"],
      ["99999999999999999", "99999999999999999"],
      ["-999999999999.9999", "-999999999999.9999"],
      ["0.9007199254740993", "0.9007199254740993"],
      [".0000000000000001", "0.0000000000000001", "0.0000000000000001"],
      ["-.000000000000001", "-0.000000000000001", "-0.000000000000001"],
      [".00000000000000001", "0.00000000000000001", "0.00000000000000001"],
      ["-0.00", "0.00", "0.00"],
      ["00000000000000001", "1", "1"],
      [0.000001, "0.000001", "0.000001"],
      [1e-7, "0.0000001", "0.0000001"],
      [0.1 + 0.2, "0.30000000000000004", "0.30000000000000004"],
      [999_999_999.999999, "999999999.999999", "999999999.999999"],
      [1_000_000_000.000001, "1000000000.000001", "1000000000.000001"],
      [12_345_678_901.25, "12345678901.25", "12345678901.25"],
      [9_999_999_999_999.99, "9999999999999.99", "9999999999999.99"],
      [4_503_599_627_370_495.5, "4503599627370495.5", "4503599627370495.5"],
      [100_000_000, "100000000", "100000000"],
      [1e300, `1${"0".repeat(300)}`, `1${"0".repeat(300)}`],
      [-5e-324, `-0.${"0".repeat(323)}5`, `-0.${"0".repeat(323)}5`],
      ["10000.00000000", "10000.00000000"],
    ],
    refused: [
      ["1.2.3", /is not a valid decimal number/],
      ["-", /is not a valid decimal number/],
      ["-.", /is not a valid decimal number/],
      ["--1", /is not a valid decimal number/],
      ["1-", /is not a valid decimal number/],
      ["1:0", /is not a valid decimal number/],
      ["infinity", /is not a valid decimal number/],
      ["1".repeat(1_000_000), /less than 1e131072/],
      ["x".repeat(1_000_000), /is not a valid decimal number/],
    ],
    generated: fc.oneof(
      decimals(60, 40).map(same),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(same),
      roundNumbers.map(same),
      fc.maxSafeInteger().map(same),
      fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }).map(same),
    ),
  },
  {
    type: numeric(10, 2),
    accepted: [
      [99_999_999.99, "99999999.99", "99999999.99"],
      ["-99999999.00", "-99999999.00"],
      ["1.50", "1.50"],
    ],
    refused: [
      [100_000_000, /less than 1e8/],
      ["-100000000.00", /less than 1e8/],
      [100_000_000n, /less than 1e8/],
      [0.125, /more than 2 decimal places/],
    ],
    generated: fc
      .integer({ min: -9_999_999_999, max: 9_999_999_999 })
      .map((cents) => same((cents / 100).toFixed(2))),
  },
  {
    type: numeric(3, 3),
    accepted: [
      [0.999, "0.999", "0.999"],
      ["0.000", "0.000"],
    ],
    refused: [[1, /less than 1e0/]],
  },
];

import fc, { type Arbitrary } from "fast-check";

import { bool, float4, float8, int2, int4, int8 } from "../../../../dist/index.js";
import type { Refusal, Sample, TypeSamples } from "../../type-sample.js";
import { integerTexts, spaced } from "../../value-texts.js";

/** The values, and texts of them that the server reads by itself. */
function andTexts<Value>(
  values: Arbitrary<Value>,
  texts: Arbitrary<string>,
): Arbitrary<readonly [unknown, string]> {
  return fc.oneof(
    values.map((value) => [value, Object.is(value, -0) ? "-0" : String(value)] as const),
    texts.map((text) => [text, text] as const),
  );
}

/** Numbers of more digits, and nearer to halfway between two floats, than JavaScript prints. */
const decimalTexts = spaced(
  fc
    .tuple(
      fc.constantFrom("", "-", "+"),
      fc.bigInt({ min: 0n, max: 10n ** 30n }),
      fc.constantFrom("", "."),
      fc.option(fc.integer({ min: -40, max: 7 })),
    )
    .map(([sign, digits, point, exponent]) => {
      return `${sign}${point}${digits}${exponent === null ? "" : `e${exponent}`}`;
    }),
);

const boolTexts = spaced(
  fc.constantFrom(
    "t",
    "TR",
    "true",
    "y",
    "Yes",
    "on",
    "1",
    "f",
    "fals",
    "n",
    "NO",
    "of",
    "off",
    "0",
  ),
);

const int16 = fc.integer({ min: -32_768, max: 32_767 });
const int64 = fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));

const floatAccepted: readonly Sample[] = [
  ["1.5e3", "1500", 1500],
  ["\t+.5E0\n", "0.5", 0.5],
  ["-0", "-0", -0],
  ["nan", "NaN", Number.NaN],
  ["Infinity", "Infinity", Infinity],
  ["-INF", "-Infinity", -Infinity],
];

/** What an integer type does not read. */
const integerRefused: readonly Refusal[] = [
  ["", /"" is not a valid integer/],
  ["+", /is not a valid integer/],
  ["1 0", /is not a valid integer/],
  ["- 1", /is not a valid integer/],
  ["1.0", /is not a valid integer/],
  ["1e3", /is not a valid integer/],
  ["\u00a01", /is not a valid integer/],
  ["0x1F", /is an integer only for PostgreSQL 16 and later: pass decimal digits/],
  ["-0b1", /only for PostgreSQL 16 and later/],
  ["1_000", /only for PostgreSQL 16 and later/],
  ["9".repeat(400), /is out of range/],
  [`-${"9".repeat(1_000_000)}`, /is out of range/],
];

const floatRefused: readonly Refusal[] = [
  ["", /"" is not a valid number/],
  ["1,5", /is not a valid number/],
  ["1 5", /is not a valid number/],
  ["0x10", /is not a valid number/],
  ["1e", /is not a valid number/],
  ["-nan", /is not a valid number/],
  ["infinit", /is not a valid number/],
  ["1_000", /is not a valid number/],
  [1n, /expected a number/],
];

export const numberSamples: readonly TypeSamples[] = [
  {
    type: bool,
    generated: andTexts(fc.boolean(), boolTexts),
    accepted: [
      [true, "true"],
      [false, "false"],
      ["t", "t", true],
      [" FALSE\t", " FALSE\t", false],
      ["0", "0", false],
    ],
    refused: [
      [1, /expected a boolean, got 1/],
      ["", /"" is not a valid boolean/],
      ["o", /is not a valid boolean/],
      ["truer", /is not a valid boolean/],
      ["2", /is not a valid boolean/],
      ["yeſ", /is not a valid boolean/],
    ],
  },
  {
    type: int2,
    generated: andTexts(int16, integerTexts(int16)),
    accepted: [
      [0, "0"],
      [-0, "0", 0],
      [-32768, "-32768"],
      [32767, "32767"],
      ["-32768", "-32768", -32768],
      [" +00032767\v\f", "32767", 32767],
    ],
    refused: [
      [32768, /out of range/],
      [-32769, /out of range/],
      [1.5, /expected an integer/],
      [Number.NaN, /expected an integer/],
      [Infinity, /expected an integer/],
      ["32768", /"32768" is out of range \(-32768 to 32767\)/],
      [1n, /expected an integer, got 1n/],
      ...integerRefused,
    ],
  },
  {
    type: int4,
    generated: andTexts(fc.integer(), integerTexts(fc.integer())),
    accepted: [
      [42, "42"],
      [-2147483648, "-2147483648"],
      [2147483647, "2147483647"],
      ["-2147483648", "-2147483648", -2147483648],
      ["2147483647 ", "2147483647", 2147483647],
      ["-0", "0", 0],
    ],
    refused: [
      [2147483648, /out of range/],
      [-2147483649, /out of range/],
      [0.1, /expected an integer/],
      [Number.NaN, /expected an integer/],
      ["-2147483649", /out of range/],
      ["9007199254740993", /out of range/],
      [new Date(0), /expected an integer, got an instance of Date/],
      ...integerRefused,
    ],
  },
  {
    type: int8,
    generated: andTexts(int64, integerTexts(int64)),
    accepted: [
      [0, "0", 0n],
      [-0, "0", 0n],
      [-1, "-1", -1n],
      [42, "42", 42n],
      [2 ** 32, "4294967296", 4294967296n],
      [-(2 ** 32) - 1, "-4294967297", -4294967297n],
      [Number.MAX_SAFE_INTEGER, "9007199254740991", 9007199254740991n],
      [Number.MIN_SAFE_INTEGER, "-9007199254740991", -9007199254740991n],
      [2n ** 63n - 1n, "9223372036854775807"],
      [-(2n ** 63n), "-9223372036854775808"],
      ["42", "42", 42n],
      ["9223372036854775807", "9223372036854775807", 2n ** 63n - 1n],
      ["\n-9223372036854775808 ", "-9223372036854775808", -(2n ** 63n)],
      ["+9007199254740993", "9007199254740993", 9_007_199_254_740_993n],
      [`${"0".repeat(100)}7`, "7", 7n],
    ],
    refused: [
      [2 ** 53, /not a safe integer: pass a bigint/],
      [2n ** 63n, /out of range/],
      [-(2n ** 63n) - 1n, /out of range/],
      [1.5, /expected an integer or a bigint/],
      [Number.NaN, /expected an integer or a bigint/],
      ["9223372036854775808", /"9223372036854775808" is out of range for a 64-bit integer/],
      ["-9223372036854775809", /out of range/],
      [true, /expected an integer or a bigint/],
      [1n << 1_000_000n, /a huge bigint is out of range/],
      ...integerRefused,
    ],
  },
  {
    type: float4,
    generated: andTexts(fc.float(), decimalTexts),
    accepted: [
      [1.5, "1.5"],
      [0.1, "0.1", Math.fround(0.1)],
      [-0, "-0"],
      [3.4028234663852886e38, "3.4028235e38"],
      [1.401298464324817e-45, "1e-45"],
      [Number.NaN, "NaN"],
      [Infinity, "Infinity"],
      [-Infinity, "-Infinity"],
      ...floatAccepted,
      // Rounded to double precision first, it would lie halfway and go down.
      ["1.00000005960464477540", "1.00000005960464477540", 1 + 2 ** -23],
    ],
    refused: [
      [1e39, /out of range for single precision/],
      [1e-50, /out of range for single precision/],
      ["1e39", /"1e39" is out of range for single precision/],
      ["-1e-50", /out of range for single precision/],
      ...floatRefused,
    ],
  },
  {
    type: float8,
    generated: andTexts(fc.double(), decimalTexts),
    accepted: [
      [0.1, "0.1"],
      [-0, "-0"],
      [Number.MAX_VALUE, "1.7976931348623157e308"],
      [Number.MIN_VALUE, "5e-324"],
      [Number.NaN, "NaN"],
      [-Infinity, "-Infinity"],
      ...floatAccepted,
    ],
    refused: [
      ["1e309", /"1e309" is out of range for double precision/],
      ["-1e-400", /out of range for double precision/],
      ...floatRefused,
    ],
  },
];

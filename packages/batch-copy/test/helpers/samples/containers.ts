import fc from "fast-check";

import {
  arrayOf,
  date,
  int4,
  int8,
  json,
  numeric,
  rangeOf,
  multirangeOf,
  text,
} from "../../../dist/index.js";
import type { TypeSamples } from "../type-sample.js";

export const containerSamples: readonly TypeSamples[] = [
  {
    type: arrayOf(int4),
    generated: fc
      .array(fc.option(fc.integer()), { maxLength: 20 })
      .map((values) => [values, `{${values.map((value) => value ?? "NULL").join()}}`]),
    accepted: [
      [[], "{}"],
      [[1, null, -3], "{1,NULL,-3}"],
      [
        [
          [1, 2],
          [3, null],
        ],
        "{{1,2},{3,NULL}}",
      ],
      [[[[1]], [[2]]], "{{{1}},{{2}}}"],
      [[[], []], "{}", []],
      [{ elements: [1, 2], dimensions: [2], lowerBounds: [-1] }, "[-1:0]={1,2}"],
      [{ elements: [1, 2], dimensions: [1, 2] }, "{{1,2}}", [[1, 2]]],
      [{ elements: [], dimensions: [] }, "{}", []],
    ],
    refused: [
      ["{1}", /expected an array or/],
      [[1, undefined], /an element is undefined/],
      [[1, "2"], /expected an integer/],
      [[[1], [2, 3]], /same length and depth/],
    ],
  },
  {
    type: arrayOf(text),
    generated: fc
      .array(fc.option(fc.string({ unit: "grapheme" })), { maxLength: 8 })
      .map((values) => {
        const clean = values.map((value) => value?.replaceAll("\0", "") ?? null);
        return [clean, arrayLiteral(clean)];
      }),
    accepted: [
      [["", "NULL", null, 'a "b" \\ {c},'], arrayLiteral(["", "NULL", null, 'a "b" \\ {c},'])],
    ],
    refused: [[["a\0"], /U\+0000/]],
  },
  {
    type: arrayOf(json),
    generated: fc
      .array(fc.option(fc.jsonValue().filter((value) => value !== null)), { maxLength: 4 })
      .map((values) => {
        return [
          values,
          arrayLiteral(values.map((value) => (value === null ? null : JSON.stringify(value)))),
        ];
      }),
    accepted: [
      [[[1], { a: 2 }, null], arrayLiteral(["[1]", '{"a":2}', null])],
      [{ elements: [1, 2], dimensions: [2, 1], lowerBounds: [1, 1] }, "{{1},{2}}"],
    ],
    refused: [],
  },
  {
    type: rangeOf(int8),
    isCanonicalized: true,
    generated: fc
      .tuple(fc.option(fc.integer()), fc.option(fc.nat()), fc.boolean(), fc.boolean())
      .map(([start, length, lowerInclusive, upperInclusive]) => {
        const upper = length === null ? null : (start ?? 0) + length;
        const literal = `${lowerInclusive ? "[" : "("}${start ?? ""},${upper ?? ""}${upperInclusive ? "]" : ")"}`;
        return [{ lower: start, upper, lowerInclusive, upperInclusive }, literal];
      }),
    accepted: [
      ["empty", "empty"],
      [bounds(1n, 5n, true, false), "[1,5)"],
      [bounds(null, 5n, false, false), "(,5)"],
      [bounds(null, null, false, false), "(,)"],
      [{ lower: 1, upper: 5 }, "[1,5)", bounds(1n, 5n, true, false)],
    ],
    refused: [
      ["[1,5)", /expected \{ lower, upper \} or "empty"/],
      [{ lower: 1 }, /pass null for an infinite one/],
      [{ lower: 1, upper: 2, upperInclusive: 1 }, /are booleans/],
      [{ lower: 1, upper: "2" }, /expected a bigint/],
    ],
  },
  {
    type: rangeOf(numeric()),
    isCanonicalized: true,
    generated: rangesOf(
      fc.integer().map((cents) => (cents / 100).toFixed(2)),
      Number,
    ),
    accepted: [
      [bounds("1.5", "2.50", false, true), "(1.5,2.50]"],
      [bounds("1", "1", true, true), "[1,1]"],
    ],
    refused: [],
  },
  {
    type: rangeOf(date),
    isCanonicalized: true,
    generated: rangesOf(days(), String),
    accepted: [[bounds("2026-01-01", "infinity", true, false), "[2026-01-01,infinity)"]],
    refused: [],
  },
  {
    type: multirangeOf(int4),
    since: 14,
    isCanonicalized: true,
    generated: fc
      .array(rangesOf(fc.integer({ min: -1000, max: 1000 }), Number), { maxLength: 5 })
      .map((ranges) => [
        ranges.map(([range]) => range),
        `{${ranges.map(([, literal]) => literal).join()}}`,
      ]),
    accepted: [
      [[], "{}"],
      [[bounds(1, 2, true, false), bounds(5, null, true, false)], "{[1,2),[5,)}"],
    ],
    refused: [
      ["{}", /expected an array of ranges/],
      [[null], /expected a range/],
    ],
  },
];

function bounds<Value>(
  lower: Value | null,
  upper: Value | null,
  lowerInclusive: boolean,
  upperInclusive: boolean,
): object {
  return { lower, upper, lowerInclusive, upperInclusive };
}

function arrayLiteral(values: readonly (string | null)[]): string {
  const quoted = values.map((value) => {
    return value === null ? "NULL" : `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  });
  return `{${quoted.join()}}`;
}

/** Ranges between two values, in the order that `rank` gives them. */
function rangesOf<Value extends string | number>(
  values: fc.Arbitrary<Value>,
  rank: (value: Value) => string | number,
): fc.Arbitrary<readonly [value: object, literal: string]> {
  return fc
    .tuple(fc.option(values), fc.option(values), fc.boolean(), fc.boolean())
    .map(([a, b, lowerInclusive, upperInclusive]) => {
      const isOrdered = a === null || b === null || rank(a) <= rank(b);
      const [lower, upper] = isOrdered ? [a, b] : [b, a];
      const literal = `${lowerInclusive ? "[" : "("}${lower ?? ""},${upper ?? ""}${upperInclusive ? "]" : ")"}`;
      return [{ lower, upper, lowerInclusive, upperInclusive }, literal] as const;
    });
}

function days(): fc.Arbitrary<string> {
  return fc
    .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
    .map((value) => value.toISOString().slice(0, 10));
}

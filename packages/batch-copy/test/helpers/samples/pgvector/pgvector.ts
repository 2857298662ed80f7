import fc from "fast-check";

import { sparsevec } from "../../../../dist/codecs/pgvector/sparse-vector.js";
import { halfvec, vector } from "../../../../dist/codecs/pgvector/vector.js";
import { nonRecords } from "../../non-records.js";
import type { TypeSamples } from "../../type-sample.js";

// pgvector does not come with PostgreSQL: where the server has no extension "vector", these are
// checked by their bytes alone (test/unit/pgvector.test.ts).

const long = Array.from({ length: 16_000 }, (_, i) => i);

const number = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));
const literalOf = (elements: readonly number[]): string => `[${elements.map(number).join(",")}]`;

const singles = fc.float({ noNaN: true, noDefaultInfinity: true });
const halves = fc.oneof(fc.integer({ min: -65_504, max: 65_504 }), fc.float({ min: -1, max: 1 }));

function vectors(
  elements: fc.Arbitrary<number>,
): fc.Arbitrary<readonly [value: unknown, literal: string]> {
  const finite = elements.filter((value) => Number.isFinite(value));
  return fc
    .tuple(fc.array(finite, { minLength: 1, maxLength: 20 }), fc.nat(2))
    .map(([values, form]) => {
      const literal = literalOf(values);
      return [[values, new Float32Array(values), literal][form], literal];
    });
}

const sparseVectors = fc
  .tuple(
    fc.integer({ min: 100, max: 1_000_000_000 }),
    fc.uniqueArray(fc.tuple(fc.nat(99), singles), { maxLength: 20, selector: ([index]) => index }),
    fc.nat(3),
  )
  .map(([dimensions, entries, form]) => {
    const elements = entries.map(([index, value]) => `${index + 1}:${number(value)}`);
    const literal = `{${elements.join(",")}}/${dimensions}`;
    const forms = [entries, new Map(entries), Object.fromEntries(entries)];
    const value = form === 3 ? literal : { dimensions, entries: forms[form] };
    return [value, literal] as const;
  });

export const pgvectorSamples: readonly TypeSamples[] = [
  {
    type: vector(),
    extension: "vector",
    accepted: [
      [[1, 2, 3], "[1,2,3]"],
      [[-0, 1.5], "[-0,1.5]"],
      [long, literalOf(long)],
      [new Float32Array([1, -2]), "[1,-2]", [1, -2]],
      [new Float64Array([0.1]), "[0.1]", [Math.fround(0.1)]],
      [[0.1], "[0.1]", [Math.fround(0.1)]],
      [[1e-46, -1e-46], "[1e-46,-1e-46]", [0, -0]],
      ["[1,2,3]", "[1,2,3]", [1, 2, 3]],
      [" [ 1. ,  .5e1 ,\t3 ] ", "[1,5,3]", [1, 5, 3]],
      ["[1e-46,-1e-46]", "[1e-46,-1e-46]", [0, -0]],
      // The nearest double lies halfway between 1 and the next single precision number.
      ["[1.0000000596046447753906251]", "[1.0000000596046447753906251]", [1 + 2 ** -23]],
      ["[1.0000000596046447753906249]", "[1.0000000596046447753906249]", [1]],
      ["[-1.0000000596046447753906251]", "[-1.0000000596046447753906251]", [-1 - 2 ** -23]],
      ["[1.000000059604644775390625]", "[1.000000059604644775390625]", [1]],
      ["[7.006492321624086e-46]", "[7.006492321624086e-46]", [2 ** -149]],
      ["[7.006492321624085e-46]", "[7.006492321624085e-46]", [0]],
    ],
    refused: [
      [[], /a vector must have 1 to 16000 dimensions, got 0/],
      ["[]", /a vector must have 1 to 16000 dimensions, got 0/],
      [[...long, 0], /got 16001/],
      [[1, Number.NaN], /a vector cannot store NaN/],
      [[-Infinity], /a vector cannot store -Infinity/],
      [[4e38], /4e\+38 is out of range for single precision/],
      ["[NaN]", /cannot store NaN/],
      ["[Infinity]", /cannot store Infinity/],
      ["[4e38]", /"4e38" is out of range for single precision/],
      ["[1e999]", /out of range for single precision/],
      [[1, "2"], /expected a number as an element, got "2"/],
      [[1, null], /expected a number as an element/],
      ["1,2,3", /is not a valid vector/],
      ["[1,2,3", /is not a valid vector/],
      ["[1,2,3]9", /is not a valid vector/],
      ["[1,]", /is not a valid vector/],
      ["[hello]", /is not a valid vector/],
      ["[1,".repeat(300_000), /is not a valid vector/],
      [new Uint8Array(3), /expected an array of numbers, a Float32Array or a string/],
      [{ 0: 1, length: 1 }, /expected an array of numbers/],
    ],
    generated: vectors(fc.oneof(singles, fc.double({ min: -3e38, max: 3e38, noNaN: true }))),
  },
  {
    type: vector(3),
    extension: "vector",
    accepted: [[[1, 2, 3], "[1,2,3]"]],
    refused: [
      [[1, 2], /the vector has 2 dimensions, expected 3/],
      ["[1,2,3,4]", /the vector has 4 dimensions, expected 3/],
    ],
  },
  {
    type: halfvec(),
    extension: "vector",
    accepted: [
      [[1, 2, 3], "[1,2,3]"],
      [[-0, 65_504, -65_504], "[-0,65504,-65504]"],
      [[65_519], "[65519]", [65_504]],
      [[1.234_56], "[1.23456]", [1.234_375]],
      [[2049, 2051], "[2049,2051]", [2048, 2052]],
      [[2 ** -24, 2 ** -14, 1023 * 2 ** -24], "[5.9604645e-08,6.1035156e-05,6.097555e-05]"],
      [[2 ** -25, 3 * 2 ** -25, -1e-8], "[2.9802322e-08,8.940697e-08,-1e-8]", [0, 2 ** -23, -0]],
      ["[1.5,-2]", "[1.5,-2]", [1.5, -2]],
    ],
    refused: [
      [[65_520], /65520 is out of range for half precision/],
      [[-65_520], /-65520 is out of range for half precision/],
      ["[65520]", /out of range for half precision/],
      [[Number.NaN], /cannot store NaN/],
      [[], /a halfvec must have 1 to 16000 dimensions/],
      ["{1}", /is not a valid halfvec/],
    ],
    generated: vectors(halves),
  },
  {
    type: sparsevec(),
    extension: "vector",
    accepted: [
      [{ dimensions: 5, entries: [] }, "{}/5"],
      [
        {
          dimensions: 5,
          entries: [
            [0, 1.5],
            [2, 2],
          ],
        },
        "{1:1.5,3:2}/5",
      ],
      [
        { dimensions: 5, entries: { 2: 2, 0: 1.5 } },
        "{1:1.5,3:2}/5",
        {
          dimensions: 5,
          entries: [
            [0, 1.5],
            [2, 2],
          ],
        },
      ],
      [
        {
          dimensions: 1_000_000_000,
          entries: new Map([
            [999_999_999, -1],
            [3, 0],
            [0, 1],
          ]),
        },
        "{1:1,1000000000:-1}/1000000000",
        {
          dimensions: 1_000_000_000,
          entries: [
            [0, 1],
            [999_999_999, -1],
          ],
        },
      ],
      [
        " { 3 : 2 , 1:1.5,2:0 } / 5 ",
        "{1:1.5,3:2}/5",
        {
          dimensions: 5,
          entries: [
            [0, 1.5],
            [2, 2],
          ],
        },
      ],
      ["{}/1", "{}/1", { dimensions: 1, entries: [] }],
    ],
    refused: [
      [{ dimensions: 0, entries: [] }, /a sparsevec must have 1 to 1000000000 dimensions, got 0/],
      [{ dimensions: 1_000_000_001, entries: [] }, /1 to 1000000000 dimensions/],
      [{ dimensions: 2.5, entries: [] }, /integer number of dimensions, got 2.5/],
      [
        { dimensions: 3, entries: { 3: 1 } },
        /index 3 \(counted from 0\) is out of range for 3 dimensions/,
      ],
      [{ dimensions: 3, entries: [[-1, 1]] }, /index -1 \(counted from 0\)/],
      [{ dimensions: 3, entries: { "01": 1 } }, /integer as an index, got "01"/],
      [{ dimensions: 3, entries: { a: 1 } }, /integer as an index, got "a"/],
      [{ dimensions: 3, entries: [[0.5, 1]] }, /integer as an index, got 0.5/],
      [
        {
          dimensions: 3,
          entries: [
            [1, 1],
            [1, 2],
          ],
        },
        /index 1 \(counted from 0\) occurs more than once/,
      ],
      [{ dimensions: 3, entries: [1, 2] }, /expected an entry \[index, value\], got 1/],
      [{ dimensions: 3, entries: { 0: 1e-46 } }, /1e-46 would round to zero in single precision/],
      [{ dimensions: 3, entries: { 0: Number.NaN } }, /cannot store NaN/],
      [{ dimensions: 3, entries: { 0: "1" } }, /expected a number as an element/],
      ...["promise", "error", "weak map"].map(
        (name) =>
          [{ dimensions: 3, entries: nonRecords[name] }, /expected entries as an object/] as const,
      ),
      [{ dimensions: 3, entries: new Date(0) }, /expected entries as an object/],
      [{ dimensions: 3 }, /expected entries as an object, a Map or an array of pairs/],
      [
        { dimensions: 16_001, entries: Array.from({ length: 16_001 }, (_, i) => [i, 1]) },
        /at most 16000 nonzero elements, got 16001/,
      ],
      ["{1:1e-46}/3", /"1e-46" would round to zero/],
      ["{0:1}/3", /index -1 \(counted from 0\) is out of range for 3 dimensions/],
      ["{4:1}/3", /index 3 \(counted from 0\)/],
      ["{1:1,1:1}/3", /occurs more than once/],
      ["{1.5:1}/3", /is not a valid sparsevec/],
      ["{1:1}", /is not a valid sparsevec/],
      ["{1:1}/", /is not a valid sparsevec/],
      ["{1:1,}/3", /is not a valid sparsevec/],
      ["[1,2]", /is not a valid sparsevec/],
      [[1, 2, 3], /integer number of dimensions/],
    ],
    generated: sparseVectors,
  },
  {
    type: sparsevec(3),
    extension: "vector",
    accepted: [[{ dimensions: 3, entries: [[2, 1]] }, "{3:1}/3"]],
    refused: [["{1:1}/4", /the vector has 4 dimensions, expected 3/]],
  },
];

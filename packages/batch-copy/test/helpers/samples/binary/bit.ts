import fc from "fast-check";

import { bit, varbit } from "../../../../dist/codecs/binary/bit.js";
import type { TypeSamples } from "../../type-sample.js";

function bits(minLength: number, maxLength: number): fc.Arbitrary<[string, string]> {
  return fc
    .string({ unit: fc.constantFrom("0", "1"), minLength, maxLength })
    .map((text) => [text, text]);
}

const long = "10".repeat(100_000);
const million = "0".repeat(1_000_000);

export const bitSamples: readonly TypeSamples[] = [
  {
    type: bit(1),
    accepted: [
      ["0", "0"],
      ["1", "1"],
    ],
    refused: [
      ["", /0 bits, expected 1/],
      ["10", /2 bits, expected 1/],
      ["2", /"2" is not a valid bit string/],
      [true, /expected a bit string, got true/],
      [1, /expected a bit string, got 1/],
    ],
    generated: bits(1, 1),
  },
  {
    type: bit(11),
    accepted: [
      ["10110011101", "10110011101"],
      ["00000000000", "00000000000"],
      ["11111111111", "11111111111"],
    ],
    refused: [
      ["1011001110", /10 bits, expected 11/],
      ["101100111010", /12 bits/],
      ["x2f", /not a valid bit string/],
      ["B101", /not a valid bit string/],
      ["1011001110 ", /not a valid bit string/],
      [`${million}x`, /not a valid bit string/],
      [million, /1000000 bits, expected 11/],
    ],
    generated: bits(11, 11),
  },
  {
    type: bit(),
    accepted: [
      ["", ""],
      ["101", "101"],
      ["10000000", "10000000"],
    ],
    refused: [["12", /not a valid bit string/]],
    generated: bits(0, 70),
  },
  {
    type: varbit(9),
    accepted: [
      ["", ""],
      ["1", "1"],
      ["00000001", "00000001"],
      ["111111111", "111111111"],
    ],
    refused: [
      ["1111111111", /10 bits, more than 9/],
      ["11111111 ", /not a valid bit string/],
      [[1, 0], /expected a bit string, got an array/],
    ],
    generated: bits(0, 9),
  },
  {
    type: varbit(),
    accepted: [
      ["", ""],
      ["0101010101", "0101010101"],
      [long, long],
    ],
    refused: [["１", /not a valid bit string/]],
    generated: bits(0, 200),
  },
];

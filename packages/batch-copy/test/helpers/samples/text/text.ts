import fc from "fast-check";

import { text, varchar } from "../../../../dist/codecs/text/text.js";
import type { TypeSamples } from "../../type-sample.js";

const strings = fc
  .oneof(
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.string({ unit: "binary", maxLength: 40 }),
  )
  .map((value) => value.replaceAll("\0", ""));
const longText = "päper→".repeat(50_000);

export const textSamples: readonly TypeSamples[] = [
  {
    type: text,
    generated: strings.map(withText),
    accepted: [
      ["", ""],
      ["plain", "plain"],
      ["twenty-four characters..", "twenty-four characters.."],
      ["twenty-five characters...", "twenty-five characters..."],
      ["ünïcödé 🙂", "ünïcödé 🙂"],
      ["\u0001\u007f", "\u0001\u007f"],
      [longText, longText],
    ],
    refused: [
      ["a\0b", /cannot contain U\+0000/],
      [`${"x".repeat(100)}\0`, /cannot contain U\+0000/],
      ["\ud800", /lone surrogate/],
      [`${"x".repeat(100)}\udc00`, /lone surrogate/],
      [1, /expected a string, got 1/],
      [Buffer.from("x"), /expected a string, got an instance of Buffer/],
    ],
  },
  {
    type: varchar(3),
    generated: fc.string({ unit: "grapheme-ascii", maxLength: 3 }).map(withText),
    accepted: [
      ["abc", "abc"],
      ["🙂🙂🙂", "🙂🙂🙂"],
      ["", ""],
    ],
    refused: [
      ["abcd", /more than 3 characters/],
      ["abc ", /more than 3 characters/],
      ["🙂🙂🙂🙂", /more than 3 characters/],
      ["a\0", /U\+0000/],
    ],
  },
];

function withText<Value extends { toString(): string }>(value: Value): readonly [Value, string] {
  return [value, String(value)];
}

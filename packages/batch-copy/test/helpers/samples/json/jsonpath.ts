import fc from "fast-check";

import { jsonpath } from "../../../../dist/codecs/json/jsonpath.js";
import type { TypeSamples } from "../../type-sample.js";

const pathKey = fc
  .string({ unit: fc.constantFrom("a", "Z", "0", " ", "é", "🙂", ".", "$", "'"), maxLength: 6 })
  .map((key) => `."${key}"`);
const pathStep = fc.oneof(
  pathKey,
  fc.nat(1000).map((index) => `[${index}]`),
  fc.constantFrom(
    "[*]",
    ".*",
    ".**",
    "[last]",
    ".size()",
    ".type()",
    '?(@."b" > 1)',
    '?(@ == "x")',
  ),
);
const paths = fc
  .tuple(fc.constantFrom("", "strict "), fc.array(pathStep, { maxLength: 8 }))
  .map(([mode, steps]) => `${mode}$${steps.join("")}`);

export const jsonpathSamples: readonly TypeSamples[] = [
  {
    type: jsonpath,
    accepted: [
      ["$", "$"],
      ['$."a"[*]?(@."b" > 1)', "$.a[*] ? (@.b > 1)"],
      ['strict $."é"', "strict $.é"],
    ],
    refused: [
      ["a\0b", /cannot contain U\+0000/],
      ["\ud800", /lone surrogate/],
      [1, /expected a string, got 1/],
    ],
    generated: paths.map((text) => [text, text]),
  },
];

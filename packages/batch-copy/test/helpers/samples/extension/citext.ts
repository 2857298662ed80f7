import fc from "fast-check";

import { citext } from "../../../../dist/codecs/extension/citext.js";
import type { TypeSamples } from "../../type-sample.js";

export const citextSamples: readonly TypeSamples[] = [
  {
    type: citext,
    extension: "citext",
    accepted: [
      ["", ""],
      ["Straße", "Straße"],
      ["MiXeD 🙂", "MiXeD 🙂"],
    ],
    refused: [
      ["a\0", /U\+0000/],
      ["\udc00", /lone surrogate/],
      [1, /expected a string, got 1/],
    ],
    generated: fc
      .string({ unit: "binary", maxLength: 60 })
      .map((value) => value.replaceAll("\0", ""))
      .map((value) => [value, value] as const),
  },
];

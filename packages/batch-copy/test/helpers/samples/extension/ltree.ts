import fc, { type Arbitrary } from "fast-check";

import { lquery, ltree, ltxtquery } from "../../../../dist/codecs/extension/ltree.js";
import type { TypeSamples } from "../../type-sample.js";

const longLabel = "x".repeat(1000);
const manyLabels = "a.".repeat(65_534) + "a";

function labels(characters: string): Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...characters.split("")), minLength: 1, maxLength: 6 });
}

const plainLabels = labels("abXYZ019_");

function paths(characters: string): Arbitrary<readonly [string, string]> {
  return fc
    .array(labels(characters), { maxLength: 8 })
    .map((path) => [path.join("."), path.join(".")] as const);
}

const flags = fc.constantFrom("", "", "%", "@", "*", "%@", "%*", "@*", "%@*");
const flaggedLabels = fc.tuple(plainLabels, flags).map(([label, flag]) => label + flag);

/** As the server prints them. */
const counts = fc
  .tuple(fc.nat(65_535), fc.nat(65_535))
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
  .map(([low, high]) => {
    if (low === high) {
      return `{${low}}`;
    }
    return `{${low === 0 ? "" : low},${high === 65_535 ? "" : high}}`;
  });
const levels = fc.oneof(
  fc.constant("*"),
  counts.map((count) => (count === "{,}" ? "*" : `*${count}`)),
  fc
    .tuple(
      fc.constantFrom("", "!"),
      fc.array(flaggedLabels, { minLength: 1, maxLength: 3 }),
      fc.oneof(fc.constantFrom("", "{,}"), counts),
    )
    .map(([not, variants, count]) => `${not}${variants.join("|")}${count}`),
);
const patterns = fc
  .array(levels, { minLength: 1, maxLength: 6 })
  .map((pattern) => [pattern.join("."), pattern.join(".")] as const);

type Query = string | { readonly operator: "&" | "|" | "!"; readonly operands: readonly Query[] };

/** As the server prints it: an inner `|` and the operand of a `!` that is no word in parentheses. */
function print(query: Query, isOutermost: boolean): string {
  if (typeof query === "string") {
    return query;
  }
  if (query.operator === "!") {
    const [operand = ""] = query.operands;
    return typeof operand === "string" ? `!${operand}` : `!( ${print(operand, true)} )`;
  }
  const text = query.operands.map((operand) => print(operand, false)).join(` ${query.operator} `);
  return query.operator === "|" && !isOutermost ? `( ${text} )` : text;
}

const { query } = fc.letrec<{ query: Query; binary: Query; negation: Query }>((tie) => ({
  query: fc.oneof({ maxDepth: 3 }, flaggedLabels, tie("binary"), tie("negation")),
  binary: fc.record({
    operator: fc.constantFrom("&", "|"),
    operands: fc.tuple(tie("query"), tie("query")),
  }),
  negation: fc.record({ operator: fc.constant("!"), operands: fc.tuple(tie("query")) }),
}));

export const ltreeSamples: readonly TypeSamples[] = [
  {
    type: ltree,
    extension: "ltree",
    accepted: [
      ["", ""],
      ["Top", "Top"],
      ["Top.Science.Astronomy_1", "Top.Science.Astronomy_1"],
      ["x".repeat(255), "x".repeat(255)],
      [manyLabels, manyLabels],
    ],
    refused: [
      [".", /an empty label/],
      ["a.", /an empty label/],
      [".a", /an empty label/],
      ["a..b", /an empty label/],
      ["a b", /is not a valid ltree: labels consist of/],
      ["a.*", /is not a valid ltree/],
      ["a\0", /is not a valid ltree/],
      ["\ud800", /lone surrogate/],
      [`${longLabel}x`, /has more than 1000 characters/],
      [`${manyLabels}.a`, /the path has 65536 labels, more than 65535/],
      [["Top"], /expected an ltree string/],
    ],
    generated: paths("abXYZ019_"),
  },
  {
    type: ltree,
    extension: "ltree",
    since: 16,
    accepted: [
      ["a-b.-", "a-b.-"],
      [`a.${longLabel}`, `a.${longLabel}`],
    ],
    refused: [],
    generated: paths("ab-_1"),
  },
  {
    type: lquery,
    extension: "ltree",
    accepted: [
      ["*", "*"],
      ["Top.*.Astronomy", "Top.*.Astronomy"],
      ["*{1,2}.!sport@*|a%@*{,}", "*{1,2}.!sport*@|a*@%{,}"],
      ["*{3}.*{,3}.*{3,}.a{0}", "*{3}.*{,3}.*{3,}.a{0}"],
    ],
    refused: [
      ["", /is not a valid lquery: the level ""/],
      ["a.", /is not a valid lquery/],
      ["!", /is not a valid lquery/],
      ["a|", /is not a valid lquery/],
      ["a@b", /level "a@b"/],
      ["*a", /is not a valid lquery/],
      ["a b", /is not a valid lquery/],
      ["*{}", /is not a valid lquery/],
      ["*{2,1}", /is not a valid lquery/],
      ["*{65536}", /is not a valid lquery/],
      ["*{1}{2}", /is not a valid lquery/],
      ["a\0", /is not a valid lquery/],
      [`a|${longLabel}x@`, /more than 1000 characters/],
      [`${"a|".repeat(500_000)}!`, /is not a valid lquery/],
      [1, /expected an lquery string/],
    ],
    generated: patterns,
  },
  {
    type: ltxtquery,
    extension: "ltree",
    accepted: [
      ["Europe & Russia@* & !Transportation", "Europe & Russia*@ & !Transportation"],
      ["a | b & c", "a|b&c"],
      ["!( a | b ) & c%@*", "!(a|b)&c*@%"],
      ["x".repeat(255), "x".repeat(255)],
    ],
    refused: [
      ["", /a word is missing/],
      [" ", /a word is missing/],
      ["a &", /a word is missing at character 4/],
      ["a b", /an operator & or \| is missing at character 3/],
      ["a@b", /an operator & or \| is missing/],
      ["(a", /unbalanced parentheses/],
      ["a)", /unbalanced parentheses/],
      ["a) & (b", /unbalanced parentheses/],
      ["a.b", /an operator & or \| is missing/],
      ["a\0", /an operator/],
      ["x".repeat(256), /more than 255 bytes/],
      [`${"x".repeat(250)}&`.repeat(300) + "a", /more than 65535 bytes/],
      ["(".repeat(1_000_000), /a word is missing/],
      [1, /expected an ltxtquery string/],
    ],
    generated: query.map((tree) => [print(tree, true), print(tree, true)] as const),
  },
];

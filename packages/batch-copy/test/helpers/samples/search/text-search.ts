import fc, { type Arbitrary } from "fast-check";

import { tsquery } from "../../../../dist/codecs/search/tsquery.js";
import { tsvector } from "../../../../dist/codecs/search/tsvector.js";
import type { TypeSamples } from "../../type-sample.js";

const longWord = "é".repeat(1023);
const manyPositions = Array.from({ length: 256 }, (_, i) => i + 1);
const manyWords = Array.from({ length: 1000 }, (_, i) => `'word ${i}':${i + 1}A`).toSorted();

/** Characters that quoting, escaping, sorting and the grammars care about. */
const characters = fc.oneof(
  fc.constantFrom("a", "b", "é", "\ue000", "🙂", "1", "-", "*"),
  fc.constantFrom("'", "\\", ":", ",", " ", "\t", "&", "|", "!", "(", ")", "<", ">", "\u3000"),
);
const words = fc.string({ unit: characters, minLength: 1, maxLength: 8 });
const spaces = fc.string({ unit: fc.constantFrom(" ", "\t", "\n", "\v"), maxLength: 2 });

function quote(word: string): string {
  return `'${word.replaceAll(/['\\]/g, "$&$&")}'`;
}

/** A word in quotes or, with a backslash before all that means something, without. */
const writtenWords = fc
  .tuple(words, fc.boolean(), fc.boolean())
  .map(([word, isBare, isEscaped]) => {
    if (!isBare || word.includes("\u3000")) {
      return isEscaped ? `'${word.replaceAll(/['\\a]/g, String.raw`\$&`)}'` : quote(word);
    }
    return word.replaceAll(/[^\w\ue000é🙂-]/gu, String.raw`\$&`);
  });

const positions = fc
  .tuple(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 16_382 })), weights())
  .map(([position, weight]) => `${position}${weight}`);
const positionLists = fc.array(positions, { minLength: 1, maxLength: 6 });

function weights(): Arbitrary<string> {
  return fc.constantFrom("", "", "", "A", "B", "C", "D");
}

const documents = fc
  .array(fc.tuple(writtenWords, fc.option(positionLists), spaces), { maxLength: 8 })
  .map((items) => {
    const parts = items.map(([word, list, space]) => {
      return `${word}${list === null ? "" : `:${list.join(",").toLowerCase()}`} ${space}`;
    });
    return parts.join("");
  })
  .map((text) => [text, text] as const);

const positionObjects = fc
  .dictionary(words, fc.array(fc.oneof(positions, positions.map(Number.parseInt))), {
    maxKeys: 8,
  })
  .map((value) => {
    const literal = Object.entries(value).map(([word, list]) => {
      return list.length === 0 ? quote(word) : `${quote(word)}:${list.join(",")}`;
    });
    return [value, literal.join(" ")] as const;
  });

const { query } = fc.letrec<{ query: string; operand: string; combined: string }>((tie) => ({
  query: fc.oneof({ maxDepth: 4 }, tie("operand"), tie("combined")),
  operand: fc
    .tuple(writtenWords, fc.constantFrom("", "", ":", ":*", ":A", ":b*Dc", ":dd"))
    .map(([word, suffix]) => `${word}${suffix}`),
  combined: fc.oneof(
    fc.tuple(spaces, tie("query")).map(([space, inner]) => `!${space}${inner}`),
    fc.tuple(tie("query"), spaces).map(([inner, space]) => `(${space}${inner})`),
    fc
      .tuple(tie("query"), fc.constantFrom("&", "|", "<->", "<0>", "<16384>"), spaces, tie("query"))
      .map(([left, operator, space, right]) => `${left}${space}${operator}${space}${right}`),
  ),
}));

export const textSearchSamples: readonly TypeSamples[] = [
  {
    type: tsvector,
    accepted: [
      ["", ""],
      ["'a':1A,2B 'two words':3", "'a':1A,2B 'two words':3"],
      ["fat:2,4C cat:3D rat", "fat:2,4C cat:3 rat", "'cat':3 'fat':2,4C 'rat'"],
      ["b a b:2 b:1a,2B", "b a b:2 b:1a,2B", "'a' 'b':1A,2B"],
      ["a:3,1*,3c", "a:3,1*,3c", "'a':1A,3C"],
      [`a'b 'c''d' 'e\\'f' g\\ h`, `a'b 'c''d' 'e\\'f' g\\ h`, "'a''b' 'c''d' 'e''f' 'g h'"],
      [":a 'b'c", ":a 'b'c", "':a' 'b' 'c'"],
      ["'\\\\'", "'\\\\'"],
      ["z 🙂 \ue000 é aa a", "z 🙂 \ue000 é aa a", "'a' 'aa' 'z' 'é' '\ue000' '🙂'"],
      ["a:16383A", "a:16383A", "'a':16383A"],
      ["'\u3000 '", "'\u3000 '"],
      [`'${longWord}':1`, `'${longWord}':1`],
      [`'a':${manyPositions.join(",")}`, `'a':${manyPositions.join(",")}`],
      [manyWords.join(" "), manyWords.join(" ")],
      [{}, "", ""],
      [
        { fat: [4, 2], "it's": ["3A", 3, "1"], rat: [] },
        "fat:2,4 'it''s':1,3A rat",
        "'fat':2,4 'it''s':1,3A 'rat'",
      ],
    ],
    refused: [
      ["a:", /a position is missing at character 3/],
      ["a:0", /the position 0 is out of range \(1 to 16383\)/],
      ["a:16384", /the position 16384/],
      [`a:${"9".repeat(1_000_000)}`, /the position Infinity/],
      ["a:1x", /a comma or a space is missing at character 4/],
      ["a:1AB", /a comma or a space is missing/],
      ["'a':1'b'", /a comma or a space is missing/],
      ["a:b", /a position is missing/],
      ["a:1,", /a position is missing/],
      ["'a", /a closing quote is missing/],
      ["''", /a word is missing/],
      ["a\\", /an escaped character is missing/],
      ["'a\\", /a closing quote is missing/],
      ["a\u00a0b", /a non-ASCII space must be quoted/],
      ["'a\0'", /cannot contain U\+0000/],
      ["'\ud800'", /lone surrogate/],
      [`${longWord}a`, /has 2047 bytes, more than 2046/],
      [`a:${manyPositions.join(",")},300`, /257 positions, more than 256/],
      [manyWords.join(" ").replaceAll("word", longWord.slice(9)), /more than 1048575/],
      [{ "": [] }, /empty word/],
      [{ a: 1 }, /expected an array of positions for "a", got 1/],
      [{ a: ["A"] }, /a position is missing/],
      [{ a: ["3E"] }, /expected a position such as 3 or "3A"/],
      [{ a: [1.5] }, /the position 1.5/],
      [{ a: [null] }, /expected a position/],
      [["a"], /expected a tsvector string or an object/],
      [new Map(), /expected a tsvector string or an object/],
      [7, /expected a tsvector string or an object/],
    ],
    generated: fc.oneof(documents, positionObjects),
  },
  {
    type: tsquery,
    accepted: [
      ["'fat'", "fat"],
      [
        "fat & (rat | cat) & !dog",
        "fat & (rat | cat) & !dog",
        "'fat' & ( 'rat' | 'cat' ) & !'dog'",
      ],
      ["super:*A", "super:*A", "'super':*A"],
      ["a:b*Dc", "a:b*Dc", "'a':*BCD"],
      ["a<->b <2>c", "a <-> b <2> c", "'a' <-> 'b' <2> 'c'"],
      ["a | b & c <-> !d", "a | b & c <-> !d", "'a' | 'b' & 'c' <-> !'d'"],
      ["!d <-> c & b | a", "!d <-> c & b | a", "!'d' <-> 'c' & 'b' | 'a'"],
      ["a & (b & c)", "a & (b & c)", "'a' & ( 'b' & 'c' )"],
      ["a <-> (b <-> c)", "a <-> (b <-> c)", "'a' <-> ( 'b' <-> 'c' )"],
      ["!!(a | b)", "!!(a | b)", "!!( 'a' | 'b' )"],
      ["((a))", "a", "'a'"],
      ["a <0> b <16384> c", "a <0> b <16384> c", "'a' <0> 'b' <16384> 'c'"],
      [
        "'it''s \\\\ \\& (':A & a\\&b",
        "'it''s \\\\ \\& (':A & a\\&b",
        "'it''s \\\\ & (':A & 'a&b'",
      ],
      ["a'b:", "'a''b'", "'a''b'"],
      ["*", "*", "'*'"],
      [`'${longWord}'`, `'${longWord}'`],
      [
        `${"!(".repeat(300)}'a'${")".repeat(300)}`,
        `${"!(".repeat(300)}a${")".repeat(300)}`,
        `${"!".repeat(300)}'a'`,
      ],
    ],
    refused: [
      ["", /a word is missing at character 1/],
      [" ", /a word is missing/],
      ["a &", /a word is missing/],
      ["& a", /a word is missing/],
      ["()", /a word is missing/],
      ["!", /a word is missing/],
      [":a", /a word is missing/],
      ["'' & a", /a word is missing/],
      ["a b", /an operator .* is missing at character 3/],
      ["a < 1> b", /an operator .* is missing/],
      ["a <-1> b", /an operator .* is missing/],
      ["a:x", /an operator .* is missing/],
      ["a:A:B", /an operator .* is missing/],
      ["a <16385> b", /the distance is more than 16384/],
      ["(a", /a closing parenthesis is missing/],
      ["a)", /an opening parenthesis is missing/],
      ["a & b\\", /an escaped character is missing/],
      ["'a & b", /a closing quote is missing/],
      ["a\u3000b", /a non-ASCII space/],
      ["a\0", /U\+0000/],
      [`${longWord}a`, /has 2047 bytes/],
      ["(".repeat(1_000_000), /a word is missing/],
      [["a"], /expected a tsquery string/],
    ],
    generated: query.map((text) => [text, text] as const),
  },
];

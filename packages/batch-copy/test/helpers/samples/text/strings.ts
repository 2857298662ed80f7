import fc from "fast-check";

import { bpchar, char, charInternal } from "../../../../dist/codecs/text/char.js";
import { name, refcursor } from "../../../../dist/codecs/text/name.js";
import { xml } from "../../../../dist/codecs/text/xml.js";
import type { Refusal, TypeSamples } from "../../type-sample.js";

const noText: readonly Refusal[] = [
  ["a\0b", /cannot contain U\+0000/],
  ["\ud800", /lone surrogate/],
  [1, /expected a string, got 1/],
];

const same = (text: string): [string, string] => [text, text];

/** Code points of all sizes in UTF-8, with many blanks. */
const unit = fc.oneof(
  fc.constantFrom(" ", " ", "a", "é", "→", "🙂", "\n", "\u00a0"),
  fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 1 }),
  fc.string({ unit: "binary", minLength: 1, maxLength: 1 }).filter((text) => text !== "\0"),
);
const strings = fc.string({ unit, maxLength: 60 });

const xmlText = fc
  .string({
    unit: fc.constantFrom("a", "é", "🙂", " ", "&amp;", "&lt;", "<!-- c -->", "]"),
    maxLength: 8,
  })
  .filter((text) => !text.includes("]]"));
const xmlTag = fc.constantFrom("a", "b:c", "ünï", "_x-1");
const { element } = fc.letrec<{ element: string; content: string }>((tie) => ({
  element: fc.tuple(xmlTag, fc.option(xmlText), tie("content")).map(([tag, attribute, content]) => {
    const attributes = attribute === null ? "" : ` x="${attribute.replaceAll("<!-- c -->", "")}"`;
    return `<${tag}${attributes}>${content}</${tag}>`;
  }),
  content: fc.oneof(
    { maxDepth: 3 },
    xmlText,
    fc.tuple(xmlText, tie("element"), xmlText).map((parts) => parts.join("")),
  ),
}));
const xmlValues = fc.tuple(xmlText, element, xmlText).map((parts) => parts.join("").trimStart());

const fullName = "n".repeat(63);
const longText = "päper→ ".repeat(10_000);

export const stringSamples: readonly TypeSamples[] = [
  {
    type: char(3),
    accepted: [
      ["abc", "abc"],
      ["ab", "ab "],
      ["ab ", "ab", "ab"],
      [" ab", " ab"],
      ["abc   ", "abc", "abc"],
      ["", "   "],
      ["      ", "", ""],
      ["🙂🙂🙂", "🙂🙂🙂"],
      ["ab\t", "ab\t"],
    ],
    refused: [
      ["abcd", /more than 3 characters/],
      ["abc d", /more than 3 characters/],
      ["🙂🙂🙂🙂", /more than 3 characters/],
      ["abc\n", /more than 3 characters/],
      [`${" ".repeat(1_000_000)}x`, /more than 3 characters/],
      ...noText,
    ],
    generated: fc.string({ unit, maxLength: 3 }).map(same),
  },
  {
    type: char(20),
    accepted: [["twenty characters ..", "twenty characters .."]],
    refused: [["twenty-one characters", /more than 20 characters/]],
    generated: fc
      .tuple(fc.string({ unit, maxLength: 20 }), fc.nat(30))
      .map(([text, blanks]) => same(text + " ".repeat(blanks))),
  },
  {
    type: bpchar,
    accepted: [
      ["", ""],
      ["ab  ", "ab  "],
      [longText, longText],
    ],
    refused: noText,
    generated: strings.map(same),
  },
  {
    type: charInternal,
    accepted: [
      ["a", "a"],
      ["", ""],
      [" ", " "],
      ["\\", "\\"],
      ["\u0001", "\u0001"],
      ["\u007f", "\u007f"],
    ],
    refused: [
      ["ab", /"ab" is not a single ASCII character/],
      ["é", /is not a single ASCII character/],
      ["\0", /is not a single ASCII character/],
      ["\\400", /is not a single ASCII character/],
      ["\\38", /is not a single ASCII character/],
      ["\\0011", /is not a single ASCII character/],
      [65, /expected a single ASCII character, got 65/],
    ],
    generated: fc.nat(127).map((code) => same(code === 0 ? "" : String.fromCharCode(code))),
  },
  {
    type: charInternal,
    // Older versions can neither read nor print what is beyond ASCII in UTF-8.
    since: 15,
    accepted: [
      ["\\200", "\\200"],
      ["\\351", "\\351"],
      ["\\377", "\\377"],
      ["\\101", "A", "A"],
      ["\\000", "", ""],
    ],
    refused: [],
    generated: fc.nat(255).map((byte) => same(`\\${byte.toString(8).padStart(3, "0")}`)),
  },
  {
    type: name,
    accepted: [
      ["", ""],
      ["pg_class", "pg_class"],
      [fullName, fullName],
      ["é".repeat(31), "é".repeat(31)],
      ["→".repeat(21), "→".repeat(21)],
    ],
    refused: [
      [`${fullName}n`, /64 bytes, more than 63/],
      ["é".repeat(32), /64 bytes, more than 63/],
      ["→".repeat(22), /66 bytes/],
      ["n".repeat(1_000_000), /1000000 bytes/],
      ...noText,
    ],
    generated: fc
      .string({ unit, maxLength: 60 })
      .filter((text) => Buffer.byteLength(text) <= 63)
      .map(same),
  },
  {
    type: refcursor,
    accepted: [
      ["", ""],
      ["<unnamed portal 1>", "<unnamed portal 1>"],
    ],
    refused: noText,
    generated: strings.map(same),
  },
  {
    type: xml,
    accepted: [
      ["", ""],
      ["<a/>", "<a/>"],
      ["text <b>and</b> more", "text <b>and</b> more"],
      ['<a b="é">→🙂</a>', '<a b="é">→🙂</a>'],
      ['<?xml version="1.0" standalone="yes"?><a/>', '<?xml version="1.0" standalone="yes"?><a/>'],
      ['<?xml-stylesheet encoding="latin1"?><a/>', '<?xml-stylesheet encoding="latin1"?><a/>'],
      ['<a> encoding="latin1"</a>', '<a> encoding="latin1"</a>'],
    ],
    refused: [
      ['<?xml version="1.0" encoding="ISO-8859-1"?><a/>', /has the encoding .*ISO-8859-1/],
      ["<?xml version='1.0'\n encoding = 'latin1' ?><a>é</a>", /latin1/],
      ['<?xml version="1.0" encoding="UTF-16"?><a/>', /UTF-16/],
      ...noText,
    ],
    generated: xmlValues.map(same),
  },
];

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc, { type Arbitrary } from "fast-check";

import {
  bool,
  date,
  float8,
  int2,
  int4,
  int8,
  json,
  jsonb,
  numeric,
  text,
  timestamp,
  timestamptz,
  uuid,
  varchar,
  type ColumnType,
} from "../../dist/index.js";
import { codecOf } from "../helpers/described.js";
import { written, writtenOfBytes, writtenOfString } from "../helpers/text-of-bytes.js";
import { integerTexts, spaced } from "../helpers/value-texts.js";

const RUNS = Number(process.env["GENERATED_VALUES"] ?? 10_000) / 10;

const DIGITS = Array.from("0123456789");
const ODD_CHARACTERS = Array.from("0159-+:. TZtzeEaFg{}/\t\u{0}ä€😀ı٣");

function digits(least: number, most: number): Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...DIGITS), minLength: least, maxLength: most });
}

function joined(...parts: readonly (Arbitrary<string> | string)[]): Arbitrary<string> {
  const all = parts.map((part) => (typeof part === "string" ? fc.constant(part) : part));
  return fc.tuple(...all).map((texts) => texts.join(""));
}

function maybe(part: Arbitrary<string>): Arbitrary<string> {
  return fc.oneof(fc.constant(""), part);
}

/** Most of the texts as they are, others with a character changed, lost or added. */
function flawed(texts: Arbitrary<string>): Arbitrary<string> {
  const characters = fc.constantFrom(...ODD_CHARACTERS);
  const change = fc.tuple(texts, fc.nat(40), fc.nat(1), characters, fc.boolean());
  return fc.oneof(
    { weight: 2, arbitrary: texts },
    change.map(([value, place, lost, character, isAdded]) => {
      const at = place % (value.length + 1);
      const changed = value.slice(0, at) + (isAdded ? character : "") + value.slice(at + lost);
      // A pair of surrogates may be cut in two.
      return changed.toWellFormed();
    }),
  );
}

const twoDigits = fc.oneof(
  fc.integer({ min: 0, max: 60 }).map((n) => String(n).padStart(2, "0")),
  digits(2, 2),
);
const month = fc.integer({ min: 0, max: 13 }).map((n) => String(n).padStart(2, "0"));
const day = fc.integer({ min: 0, max: 32 }).map((n) => String(n).padStart(2, "0"));
const year = fc.oneof(
  fc.constantFrom("0000", "0001", "1900", "2000", "2024", "9999"),
  digits(4, 5),
);
const days = joined(year, "-", month, "-", day);
const clock = joined(
  joined(twoDigits, ":", twoDigits),
  maybe(joined(":", twoDigits, maybe(joined(fc.constantFrom(".", ","), digits(0, 8))))),
);
const zone = fc.oneof(
  fc.constantFrom("Z", "z", "+00", " +01", " BC"),
  joined(
    fc.constantFrom("+", "-"),
    twoDigits,
    maybe(joined(maybe(fc.constant(":")), twoDigits)),
    maybe(joined(":", twoDigits)),
  ),
);
const dateTimes = fc.oneof(
  { weight: 1, arbitrary: days },
  { weight: 4, arbitrary: joined(days, fc.constantFrom("T", " ", "t", "_"), clock, maybe(zone)) },
  { weight: 1, arbitrary: joined(days, maybe(zone)) },
  { weight: 1, arbitrary: fc.constantFrom("infinity", "-infinity", "now", "") },
);

const decimals = spaced(
  fc.oneof(
    joined(
      fc.constantFrom("", "-", "+"),
      fc.oneof(digits(0, 6), digits(0, 20)),
      maybe(joined(".", fc.oneof(digits(0, 6), digits(0, 20)))),
      maybe(joined("e", fc.constantFrom("", "+", "-"), digits(1, 3))),
    ),
    fc.constantFrom("NaN", "Infinity", "-Infinity", "nan", "inf", "-inf", "", "-", ".", "1_000"),
  ),
);
const uuids = fc.oneof(
  fc.uuid(),
  fc.uuid().map((value) => value.toUpperCase()),
  fc.uuid().map((value) => `{${value}}`),
  fc.uuid().map((value) => value.replaceAll("-", "")),
);
const anyTexts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 100 }),
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.string({ unit: "grapheme-ascii", maxLength: 200 }),
  joined(fc.string({ maxLength: 5 }), fc.constantFrom("\u{0}", " ", "     ")),
);

/** What the tests know of a type's texts, right ones and wrong ones. */
const CASES: readonly (readonly [type: ColumnType<never>, texts: Arbitrary<string>])[] = [
  [int2, integerTexts(fc.oneof(fc.integer({ min: -40_000, max: 40_000 }), fc.maxSafeInteger()))],
  [int4, integerTexts(fc.oneof(fc.integer({ min: -3e9, max: 3e9 }), fc.bigInt()))],
  [
    int8,
    integerTexts(fc.oneof(fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), fc.maxSafeInteger())),
  ],
  [
    float8,
    fc.oneof(
      decimals,
      fc.double().map(String),
      fc.double({ min: -1e6, max: 1e6 }).map((n) => n.toFixed(3)),
    ),
  ],
  [bool, fc.constantFrom("t", "f", "T", "true", "false", "yes", "n", "1", "0", "off", "o", "")],
  [text, anyTexts],
  [varchar(), anyTexts],
  [varchar(5), anyTexts],
  [varchar(64), anyTexts],
  [uuid, uuids],
  [date, dateTimes],
  [timestamp, dateTimes],
  [timestamp(0), dateTimes],
  [timestamptz, dateTimes],
  [timestamptz(3), dateTimes],
  [numeric(), decimals],
  [numeric(10, 2), decimals],
  [numeric(3, 0), decimals],
  [numeric(2, 4), decimals],
  [numeric(5, -2), decimals],
] as never;

describe("a text in bytes is written as the same text in a string, or refused for the same reason", () => {
  for (const [type, texts] of CASES) {
    it(`as ${type.name}`, () => {
      const codec = codecOf(type) as never;
      let accepted = 0;
      const property = fc.property(flawed(texts), (value) => {
        const expected = writtenOfString(codec, value);
        assert.equal(writtenOfBytes(codec, Buffer.from(value)), expected);
        accepted += expected.includes("Error") ? 0 : 1;
      });
      fc.assert(property, { numRuns: RUNS });
      assert.ok(accepted > RUNS / 50, `${accepted} were accepted`);
    });
  }
});

describe("a JSON document in bytes is written as it is", () => {
  const documents = fc.oneof(
    fc.json(),
    fc.json({ stringUnit: "binary" }),
    fc.tuple(fc.json(), fc.json()).map((parts) => `{ "a" : [${parts.join(" ,\n")}],"a":1.50 }`),
    fc.constantFrom("", " ", "01", "1e400", '"\u{1}"', "\uFEFF1", "{'a':1}", '"\\ud800"', "nul"),
    integerTexts(fc.bigInt()),
  );

  for (const [type, prefix] of [
    [json, ""],
    [jsonb, "01"],
  ] as const) {
    it(`as ${type.name}, if JSON.parse reads it`, () => {
      const codec = codecOf(type);
      let valid = 0;
      const property = fc.property(flawed(documents), (document) => {
        const found = writtenOfBytes(codec, Buffer.from(document));
        if (found.startsWith("RangeError: jsonb cannot store")) {
          assert.equal(type, jsonb);
          assert.match(document, /\\u(0000|d[89a-f])/i);
        } else if (isJson(document)) {
          valid++;
          assert.equal(found, prefix + Buffer.from(document).toString("hex"));
        } else {
          assert.match(found, /^RangeError: .* is not valid JSON: /s);
        }
      });
      fc.assert(property, { numRuns: RUNS });
      assert.ok(valid > RUNS / 20 && valid < RUNS);
    });
  }
});

function isJson(document: string): boolean {
  try {
    JSON.parse(document);
    return true;
  } catch {
    return false;
  }
}

/** Each is invalid by itself (Unicode 15, table 3-7, "Well-Formed UTF-8 Byte Sequences"). */
const INVALID: Readonly<Record<string, readonly number[]>> = {
  "a byte that continues nothing": [0x80],
  "a sequence that is cut off after one of two bytes": [0xc3],
  "a sequence that is cut off after two of three bytes": [0xe2, 0x82],
  "a sequence that is cut off after three of four bytes": [0xf0, 0x9f, 0x98],
  "a letter within a sequence": [0xc3, 0x41],
  "an overlong slash": [0xc0, 0xaf],
  "an overlong zero": [0xc0, 0x80],
  "an overlong sequence of three bytes": [0xe0, 0x80, 0xaf],
  "an overlong sequence of four bytes": [0xf0, 0x80, 0x80, 0xaf],
  "a high surrogate": [0xed, 0xa0, 0x80],
  "a low surrogate": [0xed, 0xbf, 0xbf],
  "a pair of surrogates (CESU-8)": [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
  "a character beyond U+10FFFF": [0xf4, 0x90, 0x80, 0x80],
  "a byte that UTF-8 never has": [0xff],
  "a letter in Latin-1": [0xe4],
};

const PLACES = [
  ["alone", "", ""],
  ["in a short text", "ab", "cd"],
  ["at the end of a text", "abcdefgh", ""],
  ["in a long text", "x".repeat(100), "é".repeat(100)],
] as const;

describe("bytes that are not valid UTF-8", () => {
  const types = [
    text,
    varchar(),
    varchar(3),
    varchar(1000),
    json,
    jsonb,
    int4,
    numeric(),
    timestamptz,
    date,
    uuid,
    bool,
  ];

  for (const [what, bytes] of Object.entries(INVALID)) {
    it(`are refused by every type: ${what}`, () => {
      for (const [place, before, after] of PLACES) {
        const value = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
        for (const type of types) {
          const found = writtenOfBytes(codecOf(type as ColumnType<unknown>), value);
          assert.equal(found, "RangeError: the text is not valid UTF-8", `${type.name}, ${place}`);
        }
      }
    });
  }

  it("are not taken for whole if the text ends within a character", () => {
    const bytes = Buffer.from("a€");
    for (const end of [2, 3]) {
      const found = written((out) => out.utf8(bytes, 0, end));
      assert.equal(found, "RangeError: the text is not valid UTF-8");
    }
    assert.equal(
      written((out) => out.utf8(bytes, 0, 4)),
      bytes.toString("hex"),
    );
  });
});

describe("a zero byte", () => {
  for (const [place, before, after] of PLACES) {
    it(`is refused ${place}`, () => {
      const value = Buffer.from(`${before}\u{0}${after}`);
      for (const type of [text, varchar(), varchar(1000)]) {
        assert.equal(
          writtenOfBytes(codecOf(type), value),
          "RangeError: text cannot contain U+0000",
        );
      }
    });
  }
});

describe("an empty text", () => {
  it("is a text, and no value of other types", () => {
    assert.equal(writtenOfBytes(codecOf(text), Buffer.alloc(0)), "");
    assert.equal(writtenOfBytes(codecOf(varchar(1)), Buffer.alloc(0)), "");
    for (const type of [
      int2,
      int4,
      int8,
      float8,
      bool,
      json,
      jsonb,
      uuid,
      date,
      timestamptz,
      numeric(),
    ]) {
      assert.match(
        writtenOfBytes(codecOf(type as ColumnType<unknown>), Buffer.alloc(0)),
        /^RangeError/,
      );
    }
  });
});

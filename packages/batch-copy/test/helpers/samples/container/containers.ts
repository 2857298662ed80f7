import fc from "fast-check";

import {
  arrayOf,
  box,
  bytea,
  compositeOf,
  date,
  domainOf,
  enumOf,
  int4,
  int8,
  json,
  numeric,
  rangeOf,
  multirangeOf,
  text,
  timestamptz,
} from "../../../../dist/index.js";
import { nonRecords } from "../../non-records.js";
import type { Sample, TypeSamples } from "../../type-sample.js";
import {
  arrayTexts,
  compositeTexts,
  integerTexts,
  multirangeTexts,
  rangeTexts,
} from "../../value-texts.js";

const strings = fc
  .oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: fc.constantFrom(...' ,;"\\{}()[]N\t\n'.split("")) }),
  )
  .map((value) => value.replaceAll("\0", ""));
const optionalStrings = fc.option(strings);
const integers = integerTexts(fc.integer());
const negative = integerTexts(fc.integer({ max: -1 }));
const positive = integerTexts(fc.integer({ min: 1, max: 2 ** 31 - 2 }));
const boxTexts = fc.array(fc.integer(), { minLength: 4, maxLength: 4 }).map(([a, b, c, d]) => {
  return `(${a},${b}),(${c},${d})`;
});

const arrayDomain = domainOf("container_list", arrayOf(int4));
const place = compositeOf("container_place", {
  number: int4,
  street: text,
  past: arrayOf(int4),
});

/** As the entities of some mappers are: what they hold is behind getters. */
class Place {
  get number(): number {
    return 7;
  }
  get street(): string {
    return "Main";
  }
}

class OtherGetters {
  get zip(): number {
    return 7;
  }
}

/** A class as TypeScript for ES5 writes it: its methods are enumerable. */
const LegacyPlace = function LegacyPlace(this: { number: number }, number: number) {
  this.number = number;
} as unknown as new (number: number) => object;
(LegacyPlace.prototype as { save?: unknown }).save = () => {};

/** Texts that the server reads by itself. */
function alike(texts: fc.Arbitrary<string>): fc.Arbitrary<readonly [string, string]> {
  return texts.map((value) => [value, value] as const);
}

export const containerSamples: readonly TypeSamples[] = [
  {
    type: arrayOf(int4),
    generated: fc.oneof(
      fc
        .array(fc.option(fc.integer()), { maxLength: 20 })
        .map((values) => [values, `{${values.map((value) => value ?? "NULL").join()}}`] as const),
      alike(arrayTexts(fc.option(integers))),
    ),
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
      [[1, " 2"], "{1,2}", [1, 2]],
      ["{}", "{}", []],
      ["{1,NULL,-3}", "{1,NULL,-3}", [1, null, -3]],
      [
        '\t{ { 1 , "2" } , { null , +04 } }\n',
        "{{1,2},{NULL,4}}",
        [
          [1, 2],
          [null, 4],
        ],
      ],
      ["[-1:0]={1,2}", "[-1:0]={1,2}", { elements: [1, 2], dimensions: [2], lowerBounds: [-1] }],
      [
        " [1][2:2] = {{5}}",
        "[1:1][2:2]={{5}}",
        { elements: [5], dimensions: [1, 1], lowerBounds: [1, 2] },
      ],
    ],
    refused: [
      [1, /expected an array, \{ elements, dimensions, lowerBounds \} or a string, got 1/],
      [[1, undefined], /an element is undefined/],
      [[1, true], /expected an integer/],
      [[[1], [2, 3]], /same length and depth/],
      ["", /"" is not a valid array: "\{" is missing/],
      ["1,2", /"\{" is missing/],
      ["{1,2", /its end is missing/],
      ["{1}}", /unexpected text after the end/],
      ["{1} x", /unexpected text after the end/],
      ["{1,}", /an element is missing/],
      ["{,}", /an element is missing/],
      ["{ }}", /unexpected text after the end/],
      ["{1,x}", /"x" is not a valid integer/],
      ['{""}', /"" is not a valid integer/],
      ['{"1}', /a closing quote is missing/],
      ['{1"2"}', /" must be quoted/],
      ['{"1"2}', /"\}" is missing/],
      ["{1{2}}", /\{ must be quoted/],
      ["{1\\", /its end is missing/],
      ["{{1},{2,3}}", /same length and depth/],
      ["{{1},2}", /same length and depth/],
      ["{1,{2}}", /same length and depth/],
      ["{{}}", /an element is missing/],
      ["{{1},{}}", /an element is missing/],
      ["{{{{{{{1}}}}}}}", /more than 6 dimensions/],
      ["{".repeat(1_000_000), /more than 6 dimensions/],
      ["[1:3]={1,2}", /its bounds do not match/],
      ["[1:2][1:1]={1,2}", /its bounds do not match/],
      ["[1:0]={}", /its bounds do not match/],
      ["[0:1]{1,2}", /"=" is missing/],
      [
        "[2147483647:2147483647]={1}",
        /lowerBounds must have one 32-bit integer for each dimension/,
      ],
    ],
  },
  {
    type: arrayOf(text),
    generated: fc.oneof(
      fc
        .array(optionalStrings, { maxLength: 8 })
        .map((values) => [values, arrayLiteral(values)] as const),
      alike(arrayTexts(optionalStrings)),
    ),
    accepted: [
      [["", "NULL", null, 'a "b" \\ {c},'], arrayLiteral(["", "NULL", null, 'a "b" \\ {c},'])],
      textSample('{ a b ,"", "NULL",\\NULL, nuLL,a\\ \\,\\},"\\"\\\\\\a" }', [
        "a b",
        "",
        "NULL",
        "NULL",
        null,
        "a ,}",
        '"\\a',
      ]),
      // What is a space elsewhere is none here.
      textSample("{\u00a0}", ["\u00a0"]),
    ],
    refused: [
      [["a\0"], /U\+0000/],
      ["{a\0}", /U\+0000/],
      ["a", /"a" is not a valid array/],
    ],
  },
  {
    type: arrayOf(bytea),
    accepted: [
      textSample('{"\\\\x00ff",\\\\x}', [Buffer.from([0, 255]), Buffer.alloc(0)]),
      [[Buffer.from([1]), "\\x02"], '{"\\\\x01","\\\\x02"}', [Buffer.from([1]), Buffer.from([2])]],
    ],
    refused: [["{abc}", /is not a valid bytea literal/]],
  },
  {
    type: arrayOf(box),
    generated: alike(arrayTexts(fc.option(boxTexts), ";")),
    accepted: [
      textSample("{(3,4),(1,2);NULL}", [
        [
          { x: 3, y: 4 },
          { x: 1, y: 2 },
        ],
        null,
      ]),
    ],
    refused: [],
  },
  {
    type: arrayOf(arrayDomain),
    accepted: [textSample('{"{1,2}",NULL,"{}"}', [[1, 2], null, []])],
    refused: [["{{1}}", /"1" is not a valid array: "\{" is missing/]],
  },
  {
    type: arrayOf(enumOf("container_mood", ["sad", "NULL", "it's {ok}"])),
    accepted: [textSample('{sad,"NULL",NULL,it\'s \\{ok\\}}', ["sad", "NULL", null, "it's {ok}"])],
    refused: [["{glad}", /"glad" is not a label of container_mood/]],
  },
  {
    type: place,
    generated: fc.oneof(
      fc
        .record({ number: fc.option(fc.integer()), street: optionalStrings })
        .map((value) => [value, compositeLiteral([value.number, value.street, null])] as const),
      alike(
        compositeTexts(
          fc.option(integers),
          optionalStrings,
          fc.option(arrayTexts(fc.option(integers))),
        ),
      ),
    ),
    accepted: [
      textSample("(,,)", { number: null, street: null, past: null }),
      textSample(' ( 1 ,a "b ""c"" , d" \\,,"{1,NULL}")\n', {
        number: 1,
        street: 'a b "c" , d ,',
        past: [1, null],
      }),
      [{ number: "7", past: "{1}" }, "(7,,{1})", { number: 7, street: null, past: [1] }],
      [{}, "(,,)", { number: null, street: null, past: null }],
      [new Place(), "(7,Main,)", { number: 7, street: "Main", past: null }],
      [new LegacyPlace(7), "(7,,)", { number: 7, street: null, past: null }],
      [
        Object.create({ number: 7, street: "Main" }),
        "(7,Main,)",
        { number: 7, street: "Main", past: null },
      ],
      textSample('(,"",)', { number: null, street: "", past: null }),
      textSample("(,](,)", { number: null, street: "](", past: null }),
    ],
    refused: [
      ...Object.values(nonRecords).map(
        (value) => [value, /expected an object of attributes/] as const,
      ),
      [[1, "a", null], /expected an object of attributes or a string, got an array/],
      [new Date(0), /expected an object of attributes/],
      [new Uint8Array(0), /expected an object of attributes/],
      [Object("a"), /the type has no attribute "0"/],
      [Object(1), /expected an object of attributes/],
      [() => 1, /expected an object of attributes or a string, got a function/],
      [
        new OtherGetters(),
        /expected an object of attributes or a string, got an instance of Other/,
      ],
      [{ number: 1, zip: 2 }, /the type has no attribute "zip"/],
      [7, /expected an object of attributes or a string, got 7/],
      ["", /"" is not a valid composite value: "\(" is missing/],
      ["(1,2", /its end is missing/],
      ['(1,"2,)', /a closing quote is missing/],
      ["(1,a,) x", /unexpected text after the end/],
      ["(1,a)", /the type has 3 attributes, "\(1,a\)" has 2/],
      ["(1,a,,)", /has 4/],
      ["(x,,)", /attribute "number": "x" is not a valid integer/],
      ["(,\\", /its end is missing/],
    ],
  },
  {
    type: compositeOf("container_odd", { constructor: text, toString: text, ["__proto__"]: text }),
    accepted: [
      [{}, "(,,)", oddRecord(null, null, null)],
      [oddRecord("a", "b", "c"), "(a,b,c)"],
    ],
    refused: [[{ hasOwnProperty: "a" }, /the type has no attribute "hasOwnProperty"/]],
  },
  {
    type: arrayOf(place),
    generated: alike(
      arrayTexts(
        fc.option(compositeTexts(fc.option(integers), optionalStrings, fc.constant(null))),
      ),
    ),
    accepted: [
      textSample('{"(1,\\"a b\\",)",NULL,"(,,)"}', [
        { number: 1, street: "a b", past: null },
        null,
        { number: null, street: null, past: null },
      ]),
    ],
    refused: [["{(1,a,)}", /its end is missing/]],
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
      ["{NULL}", "{NULL}", [null]],
    ],
    refused: [["{1}", /"1" could be a JSON string or a JSON document/]],
  },
  {
    type: rangeOf(int8),
    isCanonicalized: true,
    generated: fc.oneof(
      rangesOf(fc.integer(), Number),
      alike(rangeTexts(fc.option(negative), fc.option(positive))),
    ),
    accepted: [
      ["empty", "empty"],
      [bounds(1n, 5n, true, false), "[1,5)"],
      [bounds(null, 5n, false, false), "(,5)"],
      [bounds(null, null, false, false), "(,)"],
      [{ lower: 1, upper: 5 }, "[1,5)", bounds(1n, 5n, true, false)],
      [{ lower: "1", upper: "5" }, "[1,5)", bounds(1n, 5n, true, false)],
      textSample(" [1, 5 )\t", bounds(1n, 5n, true, false)),
      textSample('("-1",\\5]', bounds(-1n, 5n, false, true)),
      textSample("[,]", bounds(null, null, false, false)),
      textSample(" EMPTY ", "empty"),
    ],
    refused: [
      [5, /expected \{ lower, upper \} or a string, got 5/],
      [{ lower: 1 }, /pass null for an infinite one/],
      ...Object.values(nonRecords).map(
        (value) => [value, /pass null for an infinite one/] as const,
      ),
      [{ lower: 1, upper: 2, upperInclusive: 1 }, /must be booleans/],
      [{ lower: 1, upper: true }, /expected an integer or a bigint/],
      ["", /"" is not a valid range: "\(" is missing/],
      ["empty range", /unexpected text after the end/],
      ["[1,5", /its end is missing/],
      ["[1)", /"," is missing/],
      ["[1,2,3)", /"\)" is missing/],
      ["[1,5) x", /unexpected text after the end/],
      ['["1,5)', /a closing quote is missing/],
      ["[ ,5)", /" " is not a valid integer/],
      ['["",5)', /"" is not a valid integer/],
      ["[a,5)", /"a" is not a valid integer/],
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
    accepted: [
      [bounds("2026-01-01", "infinity", true, false), "[2026-01-01,infinity)"],
      textSample("[2026-01-01,infinity)", bounds("2026-01-01", "infinity", true, false)),
    ],
    refused: [],
  },
  {
    type: rangeOf(timestamptz),
    accepted: [
      textSample(
        '["2026-01-01 00:00:00+00","2026-01-02 00:00:00.5+01")',
        bounds("2026-01-01T00:00:00Z", "2026-01-01T23:00:00.5Z", true, false),
      ),
    ],
    refused: [],
  },
  {
    type: rangeOf(text, "container_range"),
    generated: alike(
      rangeTexts(
        fc.option(strings.map((value) => `a${value}`)),
        fc.option(strings.map((value) => `b${value}`)),
      ),
    ),
    accepted: [
      textSample('["",\\ a"b""c")', bounds("", ' ab"c', true, false)),
      textSample("( [(a , b{ ]", bounds(" [(a ", " b{ ", false, true)),
    ],
    refused: [],
  },
  {
    type: multirangeOf(int4),
    since: 14,
    isCanonicalized: true,
    generated: fc.oneof(
      fc
        .array(rangesOf(fc.integer({ min: -1000, max: 1000 }), Number), { maxLength: 5 })
        .map(
          (ranges) =>
            [
              ranges.map(([range]) => range),
              `{${ranges.map(([, literal]) => literal).join()}}`,
            ] as const,
        ),
      alike(multirangeTexts(rangeTexts(fc.option(negative), fc.option(positive)))),
    ),
    accepted: [
      [[], "{}"],
      [[bounds(1, 2, true, false), bounds(5, null, true, false)], "{[1,2),[5,)}"],
      [["empty", "[1,2)"], "{[1,2)}", ["empty", bounds(1, 2, true, false)]],
      textSample(" { [1,2) ,\tempty,[5,)} ", [
        bounds(1, 2, true, false),
        "empty",
        bounds(5, null, true, false),
      ]),
      textSample("{ }", []),
    ],
    refused: [
      [1, /expected an array of ranges or a string, got 1/],
      [[null], /expected a range/],
      ["", /"" is not a valid multirange: "\{" is missing/],
      ["{[1,2)", /"\}" is missing/],
      ["{[1,2),}", /"\(" is missing/],
      ["{} x", /unexpected text after the end/],
      ["[1,2)", /"\{" is missing/],
    ],
  },
];

/** With keys that other objects inherit. */
function oddRecord(...values: readonly (string | null)[]): object {
  const keys = ["constructor", "toString", "__proto__"];
  return Object.fromEntries(keys.map((key, i) => [key, values[i]]));
}

/** A text that the server reads by itself. */
function textSample(value: string, decoded: unknown): Sample {
  return [value, value, decoded];
}

function bounds<Value>(
  lower: Value | null,
  upper: Value | null,
  lowerInclusive: boolean,
  upperInclusive: boolean,
): object {
  return { lower, upper, lowerInclusive, upperInclusive };
}

function compositeLiteral(values: readonly (string | number | null)[]): string {
  const quoted = values.map((value) => {
    return value === null ? "" : `"${String(value).replace(/["\\]/g, "$&$&")}"`;
  });
  return `(${quoted.join()})`;
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

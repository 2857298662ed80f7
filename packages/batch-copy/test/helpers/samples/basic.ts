import fc from "fast-check";

import {
  bytea,
  date,
  json,
  jsonb,
  numeric,
  text,
  timestamp,
  timestamptz,
  uuid,
  varchar,
} from "../../../dist/index.js";
import type { TypeSamples } from "../type-sample.js";

const strings = fc
  .oneof(
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.string({ unit: "binary", maxLength: 40 }),
  )
  .map((value) => value.replaceAll("\0", ""));
const documents = fc
  .jsonValue()
  .filter((value) => value !== null && !/\\u(0000|d[89a-f])/.test(JSON.stringify(value)));

const instant = {
  [Symbol.toStringTag]: "Temporal.Instant",
  epochNanoseconds: 1_763_800_781_123_456_000n,
};
const fineInstant = { [Symbol.toStringTag]: "Temporal.Instant", epochNanoseconds: 1001n };
const plainDate = { [Symbol.toStringTag]: "Temporal.PlainDate", toString: () => "2026-11-22" };
const plainDateTime = {
  [Symbol.toStringTag]: "Temporal.PlainDateTime",
  toString: () => "2026-11-22T08:39:41.123456",
};
const longText = "päper→".repeat(50_000);

export const basicSamples: readonly TypeSamples[] = [
  {
    type: numeric(),
    accepted: [
      [0, "0", "0"],
      [-0, "0", "0"],
      ["0.000", "0.000", "0.000"],
      [".5", "0.5", "0.5"],
      ["5.", "5", "5"],
      ["-12.50", "-12.50", "-12.50"],
      [0.1, "0.1", "0.1"],
      [1e21, "1000000000000000000000", "1000000000000000000000"],
      [1e-7, "0.0000001", "0.0000001"],
      ["1e-20", "1e-20", "0.00000000000000000001"],
      ["12e3", "12000", "12000"],
      ["+007", "7", "7"],
      [" 1.50\v\n", "1.50", "1.50"],
      ["9999", "9999"],
      ["10000", "10000"],
      ["10000.0001", "10000.0001"],
      ["0.00010001", "0.00010001"],
      [
        12345678901234567890123456789n,
        "12345678901234567890123456789",
        "12345678901234567890123456789",
      ],
      ["9".repeat(131_072), "9".repeat(131_072)],
      [`0.${"1".repeat(16_383)}`, `0.${"1".repeat(16_383)}`],
      [Number.NaN, "NaN", "NaN"],
      ["NaN", "NaN"],
    ],
    refused: [
      ["", /is not a decimal number/],
      [".", /is not a decimal number/],
      ["1,5", /is not a decimal number/],
      ["1 0", /is not a decimal number/],
      ["\u00a01", /is not a decimal number/],
      ["0x10", /is not a decimal number/],
      ["1e", /is not a decimal number/],
      ["1".repeat(131_073), /1e131072 or more/],
      ["1e999999999", /1e131072 or more/],
      ["1e-16384", /more than the 16383 digits behind the point/],
      [true, /expected a number, a bigint or a decimal string/],
      [`1${"0".repeat(1_000_000)}1`, /1e131072 or more/],
      [`${"0".repeat(1_000_000)}x`, /is not a decimal number/],
    ],
  },
  {
    type: numeric(),
    since: 14,
    accepted: [
      [Infinity, "Infinity", "Infinity"],
      ["-Infinity", "-Infinity"],
    ],
    refused: [],
  },
  {
    type: numeric(10, 2),
    accepted: [
      ["12345678.99", "12345678.99"],
      [1.5, "1.5", "1.5"],
      ["1.5000", "1.5", "1.50"],
      ["-0.01", "-0.01"],
      ["NaN", "NaN"],
    ],
    refused: [
      ["0.001", /more than the 2 digits behind the point that fit/],
      [0.1 + 0.2, /more than the 2 digits behind the point/],
      ["123456789", /1e8 or more/],
      [Infinity, /cannot hold an infinity/],
    ],
  },
  {
    type: numeric(2, -3),
    since: 15,
    accepted: [
      [99_000, "99000", "99000"],
      ["1e3", "1000", "1000"],
      [0, "0", "0"],
    ],
    refused: [
      [100_000, /1e5 or more/],
      [1500, /multiple of 1e3/],
    ],
  },
  {
    type: numeric(2, 4),
    since: 15,
    accepted: [
      ["0.0099", "0.0099"],
      ["-0.0001", "-0.0001"],
    ],
    refused: [["0.01", /1e-2 or more/]],
  },
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
      ["a\0b", /cannot hold U\+0000/],
      [`${"x".repeat(100)}\0`, /cannot hold U\+0000/],
      ["\ud800", /lone surrogate/],
      [`${"x".repeat(100)}\udc00`, /lone surrogate/],
      [1, /expected a string, got 1/],
      [Buffer.from("x"), /expected a string, got a value of Buffer/],
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
      ["abcd", /more than the 3 characters that fit/],
      ["abc ", /more than the 3 characters that fit/],
      ["🙂🙂🙂🙂", /more than the 3 characters that fit/],
      ["a\0", /U\+0000/],
    ],
  },
  {
    type: bytea,
    generated: fc.uint8Array().map((value) => [value, `\\x${Buffer.from(value).toString("hex")}`]),
    accepted: [
      [Buffer.from([0, 1, 255]), "\\x0001ff"],
      [new Uint8Array([7, 8, 9]).subarray(1), "\\x0809", Buffer.from([8, 9])],
      [Buffer.alloc(0), ""],
      ["\\x00fF", "\\x00ff", Buffer.from([0, 255])],
      ["\\x", "", Buffer.alloc(0)],
    ],
    refused: [
      ["00ff", /the string "00ff" is no text of bytes/],
      ["\\X00", /is no text of bytes/],
      ["\\x0", /is no text of bytes/],
      ["\\x0g", /is no text of bytes/],
      [1, /expected a Uint8Array, got 1/],
      [new Uint16Array(1), /expected a Uint8Array, got a value of Uint16Array/],
      [new ArrayBuffer(1), /expected a Uint8Array/],
    ],
  },
  {
    type: uuid,
    accepted: [
      ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
      [
        "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      ],
      [
        "{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      ],
      [
        "a0eebc999c0b4ef8bb6d6bb9bd380a11",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      ],
      [
        "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      ],
    ],
    refused: [
      ["", /is not a uuid/],
      ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1", /is not a uuid/],
      ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111", /is not a uuid/],
      ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11-", /is not a uuid/],
      ["a0-eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", /is not a uuid/],
      ["{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", /is not a uuid/],
      ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}", /is not a uuid/],
      ["g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", /is not a uuid/],
      ["ä0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", /is not a uuid/],
      [42, /expected a string/],
    ],
  },
  {
    type: json,
    generated: documents.map((value) => [value, JSON.stringify(value)]),
    accepted: [
      [{ a: [1, "two", null, { ü: "🙂" }] }, '{"a":[1,"two",null,{"ü":"🙂"}]}'],
      ["text", '"text"'],
      [1.5, "1.5"],
      [false, "false"],
      [[], "[]"],
      ["\0", '"\\u0000"'],
      [new Date(0), '"1970-01-01T00:00:00.000Z"', "1970-01-01T00:00:00.000Z"],
    ],
    refused: [
      [Symbol("s"), /expected a value that JSON.stringify takes, got a symbol/],
      [() => 1, /got a function/],
      [1n, /BigInt/],
      [Number.NaN, /JSON.stringify makes null of it/],
      [new Date(Number.NaN), /JSON.stringify makes null of it/],
    ],
  },
  {
    type: jsonb,
    generated: documents.map((value) => [value, JSON.stringify(value)]),
    accepted: [
      [{ b: 1, a: { c: [true] } }, '{"b":1,"a":{"c":[true]}}'],
      ["\\u0000", '"\\\\u0000"'],
      ["\\\\", '"\\\\\\\\"'],
    ],
    refused: [
      ["\0", /jsonb cannot hold U\+0000/],
      [{ key: "x\\\0" }, /jsonb cannot hold U\+0000/],
      [{ "\ud800": 1 }, /lone surrogate/],
      [Symbol("s"), /JSON.stringify/],
    ],
  },
  {
    type: date,
    accepted: [
      ["2026-11-22", "2026-11-22"],
      ["2000-02-29", "2000-02-29"],
      ["1999-12-31", "1999-12-31"],
      ["0001-01-01 BC", "0001-01-01 BC", "0000-01-01"],
      ["0000-01-01", "0001-01-01 BC"],
      ["4714-11-24 BC", "4714-11-24 BC", "-004713-11-24"],
      ["-004713-11-24", "4714-11-24 BC"],
      ["5874897-12-31", "5874897-12-31", "+5874897-12-31"],
      [new Date("2026-11-22T00:00:00Z"), "2026-11-22", "2026-11-22"],
      [plainDate, "2026-11-22", "2026-11-22"],
      ["infinity", "infinity"],
      ["-infinity", "-infinity"],
    ],
    refused: [
      ["2026-02-29", /no day of the calendar/],
      ["1900-02-29", /no day of the calendar/],
      ["2026-13-01", /no day of the calendar/],
      ["2026-00-10", /no day of the calendar/],
      ["2026-01-01T00:00:00", /more than a date/],
      ["22.11.2026", /not an ISO 8601/],
      ["4714-11-23 BC", /out of range/],
      ["5874898-01-01", /out of range/],
      [new Date("2026-11-22T00:00:01Z"), /time of day/],
      [new Date(Number.NaN), /Date is invalid/],
      [plainDateTime, /expected a date string/],
      [20261122, /expected a date string, a Date or a Temporal.PlainDate/],
    ],
  },
  {
    type: timestamp,
    accepted: [
      ["2026-11-22T08:39:41.123456", "2026-11-22 08:39:41.123456"],
      ["2026-11-22 08:39", "2026-11-22 08:39:00", "2026-11-22T08:39:00"],
      ["2026-11-22", "2026-11-22 00:00:00", "2026-11-22T00:00:00"],
      ["2026-11-22T24:00:00", "2026-11-23 00:00:00", "2026-11-23T00:00:00"],
      ["1999-12-31T23:59:59.999999", "1999-12-31 23:59:59.999999"],
      ["1500-01-01T00:00:00.000001", "1500-01-01 00:00:00.000001"],
      ["4714-11-24 00:00:00 BC", "4714-11-24 00:00:00 BC", "-004713-11-24T00:00:00"],
      [
        "294276-12-31T23:59:59.999999",
        "294276-12-31 23:59:59.999999",
        "+294276-12-31T23:59:59.999999",
      ],
      [new Date("2026-11-22T08:39:41.123Z"), "2026-11-22 08:39:41.123", "2026-11-22T08:39:41.123"],
      [plainDateTime, "2026-11-22 08:39:41.123456", "2026-11-22T08:39:41.123456"],
      ["infinity", "infinity"],
      ["-infinity", "-infinity"],
    ],
    refused: [
      ["2026-11-22T08:39:41Z", /names a time zone/],
      ["2026-11-22T25:00:00", /no time of the day/],
      ["2026-11-22T24:00:01", /no time of the day/],
      ["2026-11-22T08:60:00", /no time of the day/],
      ["2026-11-22T08:00:60", /no time of the day/],
      ["2026-11-22T08:00:00.1234567", /finer than a microsecond/],
      ["294277-01-01", /out of range/],
      ["4714-11-23 23:59:59.999999 BC", /out of range/],
      [plainDate, /expected a timestamp string/],
      [0, /expected a timestamp string/],
    ],
  },
  {
    type: timestamptz,
    accepted: [
      [
        new Date("2026-11-22T08:39:41.123Z"),
        "2026-11-22T08:39:41.123Z",
        "2026-11-22T08:39:41.123Z",
      ],
      [new Date(8.64e15), "275760-09-13T00:00:00Z", "+275760-09-13T00:00:00Z"],
      [
        new Date("-004000-01-01T00:00:00.001Z"),
        "4001-01-01 00:00:00.001+00 BC",
        "-004000-01-01T00:00:00.001Z",
      ],
      ["2026-11-22T08:39:41.123456Z", "2026-11-22T08:39:41.123456Z"],
      ["2017-05-08 21:38:41+00:00", "2017-05-08 21:38:41+00:00", "2017-05-08T21:38:41Z"],
      ["2017-05-08 21:38:41-0730", "2017-05-09 05:08:41Z", "2017-05-09T05:08:41Z"],
      ["2017-05-08 21:38:41.5+01", "2017-05-08 20:38:41.5Z", "2017-05-08T20:38:41.5Z"],
      ["2017-05-08T21:38:41,25 +01:00:30", "2017-05-08 20:38:11.25Z", "2017-05-08T20:38:11.25Z"],
      [
        "2026-11-22T08:39:41.1234560000Z",
        "2026-11-22T08:39:41.123456Z",
        "2026-11-22T08:39:41.123456Z",
      ],
      [instant, "2025-11-22T08:39:41.123456Z", "2025-11-22T08:39:41.123456Z"],
      ["infinity", "infinity"],
      ["-infinity", "-infinity"],
    ],
    refused: [
      ["2026-11-22T08:39:41", /needs a time and a time zone/],
      ["2026-11-22", /needs a time and a time zone/],
      ["2026-11-22T08:39:41+16", /time zone out of range/],
      ["now", /not an ISO 8601/],
      [new Date(Number.NaN), /Date is invalid/],
      [fineInstant, /finer than a microsecond, round it/],
      [plainDateTime, /expected a timestamp string/],
      [1_763_800_781, /expected a timestamp string, a Date/],
    ],
  },
];

function withText<Value extends { toString(): string }>(value: Value): readonly [Value, string] {
  return [value, String(value)];
}

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { ColumnGuess } from "../../dist/create/column-guess.js";
import { readTableName } from "../../dist/create/table-name.js";

const TEXTS: readonly (readonly [type: string, ...samples: string[]])[] = [
  ["text"],
  ["text", ""],
  ["text", "1", ""],
  ["boolean", "true", "f", "FALSE"],
  ["text", "true", "1"],
  ["text", "F", "M"],
  ["bigint", "0", "-1", "9223372036854775807", "-9223372036854775808"],
  ["numeric", "9223372036854775808"],
  ["numeric", "-9223372036854775809"],
  ["text", "007"],
  ["text", "-01"],
  ["text", "007.5"],
  ["text", "1", "01"],
  ["text", "+1"],
  ["text", " 1"],
  ["text", "1,5"],
  ["numeric", "1.50", "2", "-.5", "0.1"],
  ["numeric", "12345678901234567890.123456789"],
  ["double precision", "1e5", "-2.5E-3"],
  ["double precision", "1", "2.5", "1e5"],
  ["double precision", "1.7976931348623157e308"],
  ["numeric", "12345678901234567", "1e5"],
  ["numeric", "1e5", "12345678901234567"],
  ["numeric", "1e309"],
  ["numeric", "1e-400"],
  ["double precision", "0e-400"],
  ["text", "1e5000"],
  ["text", "1".repeat(1001)],
  ["text", "NaN"],
  ["text", "1", "x"],
  ["date", "2024-02-29", "0001-01-01", "9999-12-31"],
  ["text", "2023-02-29"],
  ["text", "0000-01-01"],
  ["text", "31.12.2024"],
  ["text", "2024-01-01", "1"],
  ["timestamp", "2024-01-01T00:00", "2024-01-01 23:59:59.123456"],
  ["timestamp", "2024-01-01 00:00:00", "2024-01-02"],
  ["timestamptz", "2024-01-01T00:00:00Z", "2024-01-01 00:00:00.5+02", "2024-01-01 00:00-07:30"],
  ["text", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00"],
  ["text", "2024-01-01T00:00:00Z", "2024-01-01"],
  ["text", "2024-01-01 24:00:00"],
  ["text", "2024-01-01 00:00:00.1234567"],
  ["uuid", "0c7f8e9e-5b1c-4c55-9a2f-0f4ee0d8f0a1", "0C7F8E9E-5B1C-4C55-9A2F-0F4EE0D8F0A1"],
  ["text", "0c7f8e9e5b1c4c559a2f0f4ee0d8f0a1"],
  ["text", '{"a":1}'],
];

const JSONS: readonly (readonly [type: string, ...samples: string[]])[] = [
  ["text", "null"],
  ["boolean", "true", "null", "false"],
  ["bigint", "1", "9007199254740993"],
  ["numeric", "1.0"],
  ["double precision", "1e5", "1"],
  ["text", '"1"'],
  ["text", '"true"'],
  ["text", "1", '"1"'],
  ["timestamptz", '"2024-01-01T00:00:00Z"'],
  ["uuid", String.raw`"\u0030c7f8e9e-5b1c-4c55-9a2f-0f4ee0d8f0a1"`],
  ["jsonb", "{}"],
  ["jsonb", "1", "[1]", '"x"', "null"],
  ["jsonb", '"x"', "{}"],
];

describe("the type of a column", () => {
  for (const [type, ...samples] of TEXTS) {
    it(`is ${type} for ${JSON.stringify(samples).slice(0, 90)}`, () => {
      const guess = new ColumnGuess();
      samples.forEach((sample) => guess.add(sample));
      assert.equal(guess.type, type);
    });
  }

  for (const [type, ...samples] of JSONS) {
    it(`is ${type} for JSON ${samples.join(" and ")}`, () => {
      const guess = new ColumnGuess();
      samples.forEach((sample) => guess.addJson(sample));
      assert.equal(guess.type, type);
    });
  }
});

describe("the name of a table", () => {
  const names: readonly (readonly [string, string | undefined, string])[] = [
    ["prices", undefined, "prices"],
    ["App.Prices", "app", "prices"],
    ['"App"."My ""T"".x"', "App", 'My "T".x'],
    ["ÄB$1", undefined, "Äb$1"],
  ];
  for (const [text, schema, name] of names) {
    it(`${text} is read as SQL reads it`, () => {
      assert.deepEqual(readTableName(text), { schema, name });
    });
  }

  for (const text of ["a.b.c", "1a", "a b", "a;", '"a', '""', "a."]) {
    it(`${text} is none`, () => {
      assert.throws(() => readTableName(text), /--into must be the name of a table/);
    });
  }
});

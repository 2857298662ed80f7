import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";

import {
  bytea,
  Copier,
  date,
  float4,
  float8,
  int4,
  int8,
  jsonb,
  numeric,
  text,
  timestamptz,
  type ColumnType,
} from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { typeSamples } from "../helpers/type-samples.js";

const db = useDatabase();
let tables = 0;

/** Writes the values, and returns those for which the server reads another value than its literal. */
async function differences(
  type: ColumnType<unknown>,
  samples: readonly (readonly [value: unknown, literal: string])[],
): Promise<unknown[]> {
  const definition = await db.create(`t${tables++}`, { id: int4, value: type });
  await using copier = await Copier.connect(definition, { databaseUrl, connections: 1 });
  const rows = samples.map(([value], id) => ({ id, value: value as never }));
  assert.equal(await copier.sendMany(rows), rows.length);
  await copier.flush();
  const found = await db.rows<{ found: string; expected: string }>(
    `SELECT left(value::text, 100) AS found, left(literal::${type.sql}::text, 100) AS expected
     FROM unnest($1::text[]) WITH ORDINALITY AS given(literal, n)
     LEFT JOIN ${db.schema}.${definition.name} ON id = n - 1
     WHERE value::text IS DISTINCT FROM literal::${type.sql}::text`,
    [samples.map(([, literal]) => literal)],
  );
  return found;
}

describe("the server reads what was meant", () => {
  for (const { type, accepted } of typeSamples) {
    it(`for the edge values of ${type.name}`, async () => {
      const samples = accepted.map(([value, literal]) => [value, literal] as const);
      assert.deepEqual(await differences(type, samples), []);
    });
  }

  const strings = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.string({ unit: "binary", maxLength: 40 }),
  );
  const generated: readonly [ColumnType<unknown>, fc.Arbitrary<unknown>, (v: never) => string][] = [
    [int8, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), String],
    [int8, fc.maxSafeInteger(), String],
    [float8, fc.double(), (value: number) => (Object.is(value, -0) ? "-0" : String(value))],
    [float4, fc.float(), (value: number) => (Object.is(value, -0) ? "-0" : String(value))],
    [text, strings.map((value) => value.replaceAll("\0", "")), String],
    [bytea, fc.uint8Array(), (value: Uint8Array) => `\\x${Buffer.from(value).toString("hex")}`],
    [jsonb, fc.jsonValue().filter((v) => v !== null && storable(v)), (v) => JSON.stringify(v)],
    [numeric(), fc.double({ noDefaultInfinity: true }), String],
    [numeric(), decimals(), String],
    [
      timestamptz,
      timestamps(),
      (value) => ((value as unknown) instanceof Date ? iso(value) : value),
    ],
    [date, timestamps().map((value) => day(value)), String],
  ];
  for (const [index, [type, arbitrary, literal]] of generated.entries()) {
    it(`for generated values of ${type.name} (${index})`, async () => {
      const values = fc.sample(arbitrary, 2000);
      const samples = values.map((value) => [value, literal(value as never)] as const);
      assert.deepEqual((await differences(type, samples)).slice(0, 5), []);
    });
  }
});

function storable(value: unknown): boolean {
  return !/\\u(0000|d[89a-f])/.test(JSON.stringify(value));
}

function decimals(): fc.Arbitrary<string> {
  const digits = (maxLength: number): fc.Arbitrary<string> =>
    fc.string({ unit: fc.nat(9).map(String), minLength: 1, maxLength });
  return fc
    .tuple(fc.constantFrom("", "-", "+"), digits(60), fc.option(digits(40)), fc.option(fc.nat(30)))
    .map(([sign, integer, fraction, exponent]) => {
      const point = fraction === null ? "" : `.${fraction}`;
      return `${sign}${integer}${point}${exponent === null ? "" : `e-${exponent}`}`;
    });
}

/** Dates, and ISO strings with microseconds, of years that four digits express. */
function timestamps(): fc.Arbitrary<Date | string> {
  const dates = fc.date({
    min: new Date("0001-01-02T00:00:00Z"),
    max: new Date("9999-12-30T00:00:00Z"),
    noInvalidDate: true,
  });
  const strings = fc
    .tuple(dates, fc.nat(999), fc.constantFrom("Z", "+01", "-09:30", "+1130"))
    .map(([value, micros, zone]) => {
      return `${value.toISOString().slice(0, -1)}${String(micros).padStart(3, "0")}${zone}`;
    });
  return fc.oneof(dates, strings);
}

function iso(value: Date): string {
  return value.toISOString();
}

function day(value: Date | string): string {
  return (typeof value === "string" ? value : value.toISOString()).slice(0, 10);
}

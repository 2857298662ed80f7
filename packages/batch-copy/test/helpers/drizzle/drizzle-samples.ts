import {
  bigint,
  bit,
  boolean,
  char,
  cidr,
  customType,
  date,
  doublePrecision,
  geometry,
  halfvec,
  inet,
  integer,
  interval,
  json,
  jsonb,
  line,
  macaddr,
  macaddr8,
  numeric,
  point,
  real,
  smallint,
  sparsevec,
  text,
  time,
  timestamp,
  uuid,
  varchar,
  vector,
  type PgColumnBuilderBase,
} from "drizzle-orm/pg-core";

/** A column of Drizzle, and values of it. */
export interface DrizzleSample {
  /** As a definition writes it. */
  readonly name: string;
  readonly column: () => PgColumnBuilderBase;
  readonly values: readonly unknown[];
  /** What the server must have. */
  readonly extension?: "postgis" | "vector";
}

const at = new Date("2026-11-22T08:39:41.123Z");
const document = { a: [1, "x", null], b: { c: '"\\{' }, d: true };

/** As many applications store objects of their own. */
const money = customType<{ data: { cents: number }; driverData: string }>({
  dataType: () => "numeric(10, 2)",
  toDriver: ({ cents }) => (cents / 100).toFixed(2),
  fromDriver: (value) => ({ cents: Math.round(Number(value) * 100) }),
});

/** Drizzle's documentation has it: the driver gets the text of a document. */
const ownJsonb = customType<{ data: unknown; driverData: string }>({
  dataType: () => "jsonb",
  toDriver: (value) => JSON.stringify(value),
});

const decimalDigits = customType<{ data: string }>({ dataType: () => "bigint" });
const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });
const tsvector = customType<{ data: string }>({ dataType: () => "tsvector" });
type Range = { lower: number; upper: number } | "empty";
const int4range = customType<{ data: Range }>({
  dataType: () => "int4range",
  toDriver: (value) => (value === "empty" ? value : `[${value.lower},${value.upper})`),
  fromDriver: (value) =>
    typeof value === "string" && value !== "empty"
      ? {
          lower: Number.parseInt(value.slice(1), 10),
          upper: Number.parseInt(value.split(",")[1]!, 10),
        }
      : (value as Range),
});
const textArray = customType<{ data: string[] }>({ dataType: () => "text[]" });
const jsonTexts = customType<{ data: object[]; driverData: string[] }>({
  dataType: () => "jsonb[]",
  toDriver: (values) => values.map((value) => JSON.stringify(value)),
});
const varbit = customType<{ data: string }>({ dataType: () => "bit varying(5)" });
const upperCase = customType<{ data: string }>({ dataType: () => "CHARACTER VARYING(5)" });
const polygon = customType<{ data: string; driverData: string }>({
  dataType: () => "geometry(POLYGON, 4326)",
  // The hexadecimal EWKB that PostGIS prints.
  toDriver: (value) => value,
});

/** Every kind of column that drizzle-orm/pg-core has, with its modes. */
export const drizzleSamples: readonly DrizzleSample[] = [
  {
    name: 'bigint({ mode: "number" })',
    column: () => bigint({ mode: "number" }),
    values: [0, -5, Number.MAX_SAFE_INTEGER],
  },
  {
    name: 'bigint({ mode: "bigint" })',
    column: () => bigint({ mode: "bigint" }),
    values: [0n, 2n ** 63n - 1n, -(2n ** 63n)],
  },
  { name: "bit", column: () => bit({ dimensions: 3 }), values: ["101", "000"] },
  { name: "boolean", column: () => boolean(), values: [true, false] },
  { name: "char", column: () => char(), values: ["a", "é"] },
  { name: "char({ length })", column: () => char({ length: 4 }), values: ["ab", "abcd", ""] },
  { name: "cidr", column: () => cidr(), values: ["192.0.2.0/24", "2001:db8::/32"] },
  { name: "customType of numeric", column: () => money(), values: [{ cents: 1234 }] },
  {
    name: "customType of jsonb",
    column: () => ownJsonb(),
    values: [document, "a string", '"', 5, [1, 2], 12_345_678_901_234_567_890n.toString()],
  },
  { name: "customType of bigint", column: () => decimalDigits(), values: ["5", "-1"] },
  { name: "customType of bytea", column: () => bytea(), values: [Buffer.from([0, 1, 255])] },
  { name: "customType of tsvector", column: () => tsvector(), values: ["'cat':2 'fat':1,3A"] },
  {
    name: "customType of int4range",
    column: () => int4range(),
    values: [{ lower: 1, upper: 10 }, "empty"],
  },
  { name: "customType of text[]", column: () => textArray(), values: [["a", 'b "c"'], []] },
  { name: "customType of jsonb[]", column: () => jsonTexts(), values: [[{ a: 1 }, { b: "x" }]] },
  { name: "customType of varbit", column: () => varbit(), values: ["10101", ""] },
  { name: "customType in capitals", column: () => upperCase(), values: ["abcde"] },
  {
    name: "customType of a PostGIS polygon",
    column: () => polygon(),
    values: [
      "0103000020E61000000100000004000000000000000000000000000000000000000000000000000000000000000000F03F000000000000F03F000000000000F03F00000000000000000000000000000000",
    ],
    extension: "postgis",
  },
  { name: "date", column: () => date(), values: ["2026-11-22", "0001-01-01", "infinity"] },
  {
    name: 'date({ mode: "date" })',
    column: () => date({ mode: "date" }),
    values: [at, new Date("2026-11-22"), new Date("1969-12-31T23:59:59.999Z")],
  },
  {
    name: "doublePrecision",
    column: () => doublePrecision(),
    values: [0.1, -1e300, Number.NaN, Infinity],
  },
  {
    name: "geometry",
    column: () => geometry({ type: "point" }),
    values: [
      [1.5, -2],
      [0, 0],
    ],
    extension: "postgis",
  },
  {
    name: 'geometry({ mode: "xy" })',
    column: () => geometry({ type: "point", mode: "xy" }),
    values: [{ x: 1.5, y: -2 }],
    extension: "postgis",
  },
  {
    name: "halfvec",
    column: () => halfvec({ dimensions: 3 }),
    values: [[1, -2.5, 0]],
    extension: "vector",
  },
  { name: "inet", column: () => inet(), values: ["192.0.2.1", "192.0.2.1/24", "::1"] },
  { name: "integer", column: () => integer(), values: [0, -(2 ** 31), 2 ** 31 - 1] },
  {
    name: "interval",
    column: () => interval(),
    values: [
      "1 year 2 mons -3 days 04:05:06.789",
      "P1Y2M3DT4H5M6S",
      "-00:00:00.5",
      "-00:00:00.000001",
      "1000:00:00",
      "0",
    ],
  },
  { name: "interval({ precision })", column: () => interval({ precision: 1 }), values: ["1.5 s"] },
  {
    name: "interval({ fields, precision })",
    column: () => interval({ fields: "day to second", precision: 3 }),
    values: ["3 days 00:00:01.125"],
  },
  {
    name: "interval({ fields })",
    column: () => interval({ fields: "year to month" }),
    values: ["2 years 1 mon"],
  },
  { name: "json", column: () => json(), values: [document, "text", 5, false, [1, [2]], []] },
  {
    name: "jsonb",
    column: () => jsonb(),
    values: [document, { getSQL: "a key" }, "text", 5, false, [1, [2]], []],
  },
  {
    name: "line",
    column: () => line(),
    values: [
      [1, -2.5, 3],
      [0, 1, 0],
    ],
  },
  {
    name: 'line({ mode: "abc" })',
    column: () => line({ mode: "abc" }),
    values: [{ a: 1, b: 2, c: 3 }],
  },
  { name: "macaddr", column: () => macaddr(), values: ["08:00:2b:01:02:03", "08-00-2B-01-02-03"] },
  { name: "macaddr8", column: () => macaddr8(), values: ["08:00:2b:01:02:03:04:05"] },
  { name: "numeric", column: () => numeric(), values: ["0", "-12.50", "NaN", "1e-7", "1E+5"] },
  {
    name: "numeric({ precision, scale })",
    column: () => numeric({ precision: 10, scale: 2 }),
    values: ["1.5", "99999999.99"],
  },
  { name: "numeric({ precision })", column: () => numeric({ precision: 3 }), values: ["999"] },
  {
    name: 'numeric({ mode: "number" })',
    column: () => numeric({ mode: "number" }),
    values: [0.1, -5, 1e21, 1e-7, Number.NaN],
  },
  {
    name: 'numeric({ mode: "bigint" })',
    column: () => numeric({ mode: "bigint" }),
    values: [0n, 10n ** 30n],
  },
  {
    name: "point",
    column: () => point(),
    values: [
      [1.5, -2],
      [1e-300, 0.1],
    ],
  },
  { name: 'point({ mode: "xy" })', column: () => point({ mode: "xy" }), values: [{ x: 1, y: 2 }] },
  { name: "real", column: () => real(), values: [1.5, -0.25] },
  { name: "smallint", column: () => smallint(), values: [0, -32_768, 32_767] },
  {
    name: "sparsevec",
    column: () => sparsevec({ dimensions: 5 }),
    values: ["{1:1.5,3:-2}/5", "{}/5"],
    extension: "vector",
  },
  { name: "text", column: () => text(), values: ["", "a\n\\N\t", "🙂"] },
  { name: "text({ enum })", column: () => text({ enum: ["a", "b"] }), values: ["a"] },
  { name: "time", column: () => time(), values: ["08:39:41.123456", "24:00:00"] },
  {
    name: "time({ precision, withTimezone })",
    column: () => time({ precision: 3, withTimezone: true }),
    values: ["08:39:41.5+01", "00:00:00-07:30"],
  },
  { name: "timestamp", column: () => timestamp(), values: [at, new Date(0)] },
  { name: "timestamp({ precision })", column: () => timestamp({ precision: 3 }), values: [at] },
  {
    name: "timestamp({ withTimezone })",
    column: () => timestamp({ withTimezone: true }),
    values: [at, new Date(0)],
  },
  {
    name: "timestamp({ precision, withTimezone })",
    column: () => timestamp({ precision: 6, withTimezone: true }),
    values: [at],
  },
  {
    name: 'timestamp({ mode: "string" })',
    column: () => timestamp({ mode: "string", precision: 6 }),
    values: ["2026-11-22 08:39:41.123456", "infinity"],
  },
  {
    name: 'timestamp({ mode: "string", withTimezone })',
    column: () => timestamp({ mode: "string", withTimezone: true }),
    values: ["2026-11-22 08:39:41.123456+00", "-infinity"],
  },
  { name: "uuid", column: () => uuid(), values: ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"] },
  { name: "varchar", column: () => varchar(), values: ["abc", ""] },
  { name: "varchar({ length })", column: () => varchar({ length: 3 }), values: ["abc", "é🙂x"] },
  {
    name: "vector",
    column: () => vector({ dimensions: 3 }),
    values: [[1, -2.5, 0.1]],
    extension: "vector",
  },

  {
    name: "text().array()",
    column: () => text().array(),
    values: [["a", 'b"\\,{}'], [], ["null"]],
  },
  { name: "integer().array(3)", column: () => integer().array(3), values: [[1, 2, 3]] },
  {
    name: "integer().array().array()",
    column: () => integer().array().array(),
    values: [
      [
        [1, 2],
        [3, 4],
      ],
    ],
  },
  { name: "boolean().array()", column: () => boolean().array(), values: [[true, false]] },
  { name: "timestamp().array()", column: () => timestamp().array(), values: [[at, new Date(0)]] },
  {
    name: 'date({ mode: "date" }).array()',
    column: () => date({ mode: "date" }).array(),
    values: [[at]],
  },
  { name: "jsonb().array()", column: () => jsonb().array(), values: [[document, [1], "x"]] },
  {
    name: "json().array().array()",
    column: () => json().array().array(),
    values: [[[{ a: 1 }], [[1, 2]]]],
  },
  {
    name: "point().array()",
    column: () => point().array(),
    values: [
      [
        [1, 2],
        [3, 4],
      ],
    ],
  },
  {
    name: "point().array().array()",
    column: () => point().array().array(),
    values: [[[[1, 2]], [[3, 4]]]],
  },
  {
    name: "interval().array()",
    column: () => interval().array(),
    values: [["1 day", "00:00:01.5"]],
  },
  {
    name: "customType of numeric, in an array",
    column: () => money().array(),
    values: [[{ cents: 5 }, { cents: 10_000 }]],
  },
  {
    name: "vector().array()",
    column: () => vector({ dimensions: 2 }).array(),
    values: [
      [
        [1, 2],
        [3, 4],
      ],
    ],
    extension: "vector",
  },
];

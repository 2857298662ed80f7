import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { readField, writeField, type Codec } from "./codec.js";
import { ColumnType } from "./column-type.js";
import { wrongKind } from "./describe-value.js";
import { quoteQualified, schemaSource } from "./identifier.js";
import { baseTypeOf } from "./type-description.js";

/** The values between two bounds. A bound that is null is infinite. */
export interface RangeBounds<Value> {
  readonly lower: Value | null;
  readonly upper: Value | null;
  /** @default true */
  readonly lowerInclusive?: boolean;
  /** @default false */
  readonly upperInclusive?: boolean;
}

/** What goes into a range column: bounds, or no value at all. */
export type RangeValue<Value> = RangeBounds<Value> | "empty";

/** What goes into a multirange column: ranges, which the server sorts and joins. */
export type MultirangeValue<Value> = readonly RangeValue<Value>[];

/** Flags of `range_recv` (src/include/utils/rangetypes.h). */
const EMPTY = 0x01;
const LOWER_INCLUSIVE = 0x02;
const UPPER_INCLUSIVE = 0x04;
const LOWER_INFINITE = 0x08;
const UPPER_INFINITE = 0x10;

/** The built-in ranges by the type of their bounds, and the multiranges of PostgreSQL 14 and later. */
const BUILT_IN: ReadonlyMap<string, readonly [range: string, multirange: string]> = new Map([
  ["integer", ["int4range", "int4multirange"]],
  ["bigint", ["int8range", "int8multirange"]],
  ["numeric", ["numrange", "nummultirange"]],
  ["timestamp without time zone", ["tsrange", "tsmultirange"]],
  ["timestamp with time zone", ["tstzrange", "tstzmultirange"]],
  ["date", ["daterange", "datemultirange"]],
] as const);

/** Where a range type of the user's own is. */
export interface RangeOptions {
  /** @default where the search_path finds it */
  readonly schema?: string;
}

/**
 * A range of `bounds`: the built-in one, or the one of that name.
 *
 * @throws TypeError if there is no built-in range of such bounds, and no name.
 * @example
 * table("bookings", { days: rangeOf(date), load: rangeOf(float8, "floatrange") });
 */
export function rangeOf<Value>(
  bounds: ColumnType<Value, boolean>,
  name?: string,
  options: RangeOptions = {},
): ColumnType<RangeValue<Value>> {
  const own = ownName(name, options);
  const sql = own?.sql ?? builtIn(bounds, 0);
  const creation = `CREATE TYPE ${sql} AS RANGE (SUBTYPE = ${bounds.sql});`;
  return new ColumnType(
    {
      name: `rangeOf(${bounds.name}${own?.source ?? ""})`,
      sql,
      ddl: own === undefined ? bounds.ddl : [...bounds.ddl, creation],
      codecFor: (type) => rangeCodec(bounds.codecFor(baseTypeOf(type).element!)),
    },
    false,
  );
}

/**
 * A multirange of `bounds` (PostgreSQL 14 and later): the built-in one, or the one of that name.
 * PostgreSQL creates it with its range.
 *
 * @throws TypeError if there is no built-in range of such bounds, and no name.
 * @example
 * table("bookings", { free: multirangeOf(date) }); // free: [{ lower: "2026-11-22", upper: null }]
 */
export function multirangeOf<Value>(
  bounds: ColumnType<Value, boolean>,
  name?: string,
  options: RangeOptions = {},
): ColumnType<MultirangeValue<Value>> {
  const own = ownName(name, options);
  return new ColumnType(
    {
      name: `multirangeOf(${bounds.name}${own?.source ?? ""})`,
      sql: own?.sql ?? builtIn(bounds, 1),
      ddl: bounds.ddl,
      hasArrayValues: true,
      codecFor(type) {
        const range = baseTypeOf(type).element!;
        return multirangeCodec(rangeCodec(bounds.codecFor(range.element!)));
      },
    },
    false,
  );
}

interface OwnName {
  readonly sql: string;
  /** As further arguments in a definition. */
  readonly source: string;
}

function ownName(name: string | undefined, { schema }: RangeOptions): OwnName | undefined {
  if (name === undefined) {
    return undefined;
  }
  return {
    sql: quoteQualified(schema, name),
    source: `, ${JSON.stringify(name)}${schemaSource(schema)}`,
  };
}

function builtIn(bounds: ColumnType<unknown, boolean>, index: 0 | 1): string {
  const names = BUILT_IN.get(bounds.sql);
  if (names === undefined) {
    throw new TypeError(`there is no built-in range of ${bounds.name}, name the range type`);
  }
  return names[index];
}

function rangeCodec<Value>(bounds: Codec<Value>): Codec<RangeValue<Value>> {
  return {
    encode(value, out) {
      if (value === "empty") {
        out.int8(EMPTY);
      } else {
        writeBounds(checkedBounds(value), bounds, out);
      }
    },
    decode: (input) => readRange(input, bounds),
  };
}

function multirangeCodec<Value>(range: Codec<RangeValue<Value>>): Codec<MultirangeValue<Value>> {
  return {
    encode(value, out) {
      if (!Array.isArray(value)) {
        throw wrongKind("an array of ranges", value);
      }
      out.int32(value.length);
      for (const item of value as MultirangeValue<Value>) {
        if (item === null || item === undefined) {
          throw wrongKind("a range", item);
        }
        writeField(range, item, out);
      }
    },
    decode: (input) => Array.from({ length: input.int32() }, () => readField(range, input)!),
  };
}

const RANGE_KEYS: ReadonlySet<string> = new Set([
  "lower",
  "upper",
  "lowerInclusive",
  "upperInclusive",
]);

function checkedBounds<Value>(value: RangeBounds<Value>): RangeBounds<Value> {
  if (typeof value !== "object" || value === null) {
    throw wrongKind('{ lower, upper } or "empty"', value);
  }
  const { lower, upper, lowerInclusive = true, upperInclusive = false } = value;
  if (lower === undefined || upper === undefined) {
    throw new TypeError("a range has a lower and an upper bound, pass null for an infinite one");
  }
  if (typeof lowerInclusive !== "boolean" || typeof upperInclusive !== "boolean") {
    throw new TypeError("lowerInclusive and upperInclusive are booleans");
  }
  const unknown = Object.keys(value).find((key) => !RANGE_KEYS.has(key));
  if (unknown !== undefined) {
    throw new TypeError(`a range has no ${JSON.stringify(unknown)}`);
  }
  return value;
}

function writeBounds<Value>(
  range: RangeBounds<Value>,
  bounds: Codec<Value>,
  out: ByteWriter,
): void {
  const { lower, upper, lowerInclusive = true, upperInclusive = false } = range;
  const lowerFlag = lower === null ? LOWER_INFINITE : lowerInclusive ? LOWER_INCLUSIVE : 0;
  const upperFlag = upper === null ? UPPER_INFINITE : upperInclusive ? UPPER_INCLUSIVE : 0;
  out.int8(lowerFlag | upperFlag);
  if (lower !== null) {
    writeField(bounds, lower, out);
  }
  if (upper !== null) {
    writeField(bounds, upper, out);
  }
}

function readRange<Value>(input: ByteReader, bounds: Codec<Value>): RangeValue<Value> {
  const flags = input.int8();
  if ((flags & EMPTY) !== 0) {
    return "empty";
  }
  const lower = (flags & LOWER_INFINITE) === 0 ? readField(bounds, input) : null;
  const upper = (flags & UPPER_INFINITE) === 0 ? readField(bounds, input) : null;
  return {
    lower,
    upper,
    lowerInclusive: (flags & LOWER_INCLUSIVE) !== 0,
    upperInclusive: (flags & UPPER_INCLUSIVE) !== 0,
  };
}

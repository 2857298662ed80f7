import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { readField, textEncoder, writeField, type Codec, type Encoder } from "../codec.js";
import { ColumnType } from "../column-type.js";
import { wrongKind } from "../describe-value.js";
import { quoteQualified, schemaSource } from "../identifier.js";
import { baseTypeOf } from "../type-description.js";
import { parseMultirange, parseRange, type RangeText } from "./range-text.js";

/** A range between two bounds. A bound that is null is infinite. */
export interface RangeBounds<Value> {
  readonly lower: Value | null;
  readonly upper: Value | null;
  /** @default true */
  readonly lowerInclusive?: boolean;
  /** @default false */
  readonly upperInclusive?: boolean;
}

/**
 * The value of a range column: bounds, or the server's text form, such as `"[1,5)"` or `"empty"`.
 */
export type RangeValue<Value> = RangeBounds<Value> | string;

/**
 * The value of a multirange column: ranges, which the server sorts and merges, or the server's text
 * form, such as `"{[1,2),[4,5)}"`.
 */
export type MultirangeValue<Value> = readonly RangeValue<Value>[] | string;

/** Flags of `range_recv` (src/include/utils/rangetypes.h). */
const EMPTY = 0x01;
const LOWER_INCLUSIVE = 0x02;
const UPPER_INCLUSIVE = 0x04;
const LOWER_INFINITE = 0x08;
const UPPER_INFINITE = 0x10;

/**
 * The built-in ranges by the type of their bounds, with the multiranges of PostgreSQL 14 and later.
 */
const BUILT_IN: ReadonlyMap<string, readonly [range: string, multirange: string]> = new Map([
  ["integer", ["int4range", "int4multirange"]],
  ["bigint", ["int8range", "int8multirange"]],
  ["numeric", ["numrange", "nummultirange"]],
  ["timestamp without time zone", ["tsrange", "tsmultirange"]],
  ["timestamp with time zone", ["tstzrange", "tstzmultirange"]],
  ["date", ["daterange", "datemultirange"]],
] as const);

/** The schema of a range type of the user's own. */
export interface RangeOptions {
  /** @default the schema in which the search_path finds it */
  readonly schema?: string;
}

/**
 * A range of `bounds`: the built-in range type, or the one with that name.
 *
 * @throws TypeError if there is no built-in range of such bounds and no name.
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
      shape: { kind: "range", parts: { bounds } },
      codecFor: (type) => rangeCodec(bounds.codecFor(baseTypeOf(type).element!)),
    },
    false,
  );
}

/**
 * A multirange of `bounds` (PostgreSQL 14 and later): the built-in multirange type, or the one with
 * that name. PostgreSQL creates it together with its range.
 *
 * @throws TypeError if there is no built-in range of such bounds and no name.
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
      shape: { kind: "multirange", parts: { bounds } },
      codecFor(type) {
        const range = baseTypeOf(type).element!;
        return multirangeCodec(bounds.codecFor(range.element!));
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
    throw new TypeError(
      `there is no built-in range of ${bounds.name}: pass the name of a range type`,
    );
  }
  return names[index];
}

function rangeCodec<Value>(bounds: Codec<Value>): Codec<RangeValue<Value>> {
  const textBounds = textEncoder(bounds);
  return {
    encode(value, out) {
      if (typeof value === "string") {
        writeRange(parseRange(value), textBounds, out);
      } else {
        writeRange(checkedBounds(value), bounds, out);
      }
    },
    decode: (input) => readRange(input, bounds),
  };
}

function multirangeCodec<Value>(bounds: Codec<Value>): Codec<MultirangeValue<Value>> {
  const range = rangeCodec(bounds);
  const textBounds = textEncoder(bounds);
  const textRange: Encoder<RangeText | "empty"> = {
    encode: (value, out) => writeRange(value, textBounds, out),
  };
  return {
    encode(value, out) {
      if (Array.isArray(value)) {
        writeRanges(value, range, out);
      } else if (typeof value === "string") {
        writeRanges(parseMultirange(value), textRange, out);
      } else {
        throw wrongKind("an array of ranges or a string", value);
      }
    },
    decode: (input) => Array.from({ length: input.int32() }, () => readField(range, input)!),
  };
}

function writeRanges<Range>(
  ranges: readonly Range[],
  range: Encoder<Range>,
  out: ByteWriter,
): void {
  out.int32(ranges.length);
  for (const item of ranges) {
    if (item === null || item === undefined) {
      throw wrongKind("a range", item);
    }
    writeField(range, item, out);
  }
}

const RANGE_KEYS: ReadonlySet<string> = new Set([
  "lower",
  "upper",
  "lowerInclusive",
  "upperInclusive",
]);

function checkedBounds<Value>(value: RangeBounds<Value>): RangeBounds<Value> {
  if (typeof value !== "object" || value === null) {
    throw wrongKind("{ lower, upper } or a string", value);
  }
  const { lower, upper, lowerInclusive = true, upperInclusive = false } = value;
  if (lower === undefined || upper === undefined) {
    throw new TypeError(
      "a range must have a lower and an upper bound: pass null for an infinite one",
    );
  }
  if (typeof lowerInclusive !== "boolean" || typeof upperInclusive !== "boolean") {
    throw new TypeError("lowerInclusive and upperInclusive must be booleans");
  }
  const unknown = Object.keys(value).find((key) => !RANGE_KEYS.has(key));
  if (unknown !== undefined) {
    throw new TypeError(`a range has no key ${JSON.stringify(unknown)}`);
  }
  return value;
}

function writeRange<Value>(
  range: RangeBounds<Value> | "empty",
  bounds: Encoder<Value>,
  out: ByteWriter,
): void {
  if (range === "empty") {
    out.int8(EMPTY);
    return;
  }
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

import { types } from "node:util";

import { wrongKind } from "../codecs/describe-value.js";
import { GEOMETRY_CODES } from "../codecs/postgis/ewkb.js";
import { refuseSql } from "./sql-object.js";

/** How a value of a Drizzle column becomes one that batch-copy takes. */
export interface Conversion {
  /** Undefined if batch-copy takes it as it is. */
  readonly convert?: (value: unknown) => unknown;
  /** Whether a value may be a JavaScript array, though it is none in batch-copy. @default false */
  readonly hasArrayValues?: boolean;
  /** Whether batch-copy decodes values of the column's type. @default false */
  readonly decodesItself?: boolean;
}

/**
 * The conversion for a column of Drizzle, by the name of its class. Undefined for a `customType`, and
 * for a class that is not known here: those convert their values themselves.
 */
export function conversionOf(columnType: string): Conversion | undefined {
  return CONVERSIONS.get(columnType) ?? (UNCONVERTED.has(columnType) ? {} : undefined);
}

const CONVERSIONS: ReadonlyMap<string, Conversion> = new Map<string, Conversion>([
  ["PgDate", { convert: midnight }],
  ["PgGeometry", { convert: geometryOf, hasArrayValues: true }],
  ["PgGeometryObject", { convert: geometryOfObject }],
  // Drizzle would read the string "5" as a number.
  ["PgJson", { convert: refuseSql, decodesItself: true }],
  ["PgJsonb", { convert: refuseSql, decodesItself: true }],
  ["PgLine", { convert: lineOf, hasArrayValues: true }],
  ["PgPointTuple", { convert: pointOf, hasArrayValues: true }],
]);

const UNCONVERTED: ReadonlySet<string> = new Set([
  "PgBigInt53",
  "PgBigInt64",
  "PgBinaryVector",
  "PgBoolean",
  "PgChar",
  "PgCidr",
  "PgDateString",
  "PgDoublePrecision",
  "PgEnumColumn",
  "PgEnumObjectColumn",
  "PgHalfVector",
  "PgInet",
  "PgInteger",
  "PgInterval",
  "PgLineABC",
  "PgMacaddr",
  "PgMacaddr8",
  "PgNumeric",
  "PgNumericBigInt",
  "PgNumericNumber",
  "PgPointObject",
  "PgReal",
  "PgSmallInt",
  "PgSparseVector",
  "PgText",
  "PgTime",
  "PgTimestamp",
  "PgTimestampString",
  "PgUUID",
  "PgVarchar",
  "PgVector",
]);

const MS_PER_DAY = 86_400_000;

/** Drizzle sends `toISOString()`, of which `date_in` (src/backend/utils/adt/date.c) takes the day. */
function midnight(value: unknown): unknown {
  return types.isDate(value)
    ? new Date(Math.floor(value.getTime() / MS_PER_DAY) * MS_PER_DAY)
    : value;
}

function pointOf(value: unknown): unknown {
  const [x, y] = tuple(value, 2);
  return { x, y };
}

function lineOf(value: unknown): unknown {
  const [a, b, c] = tuple(value, 3);
  return { a, b, c };
}

function geometryOf(value: unknown): Uint8Array {
  const [x, y] = tuple(value, 2);
  return ewkbPoint(x, y);
}

function geometryOfObject(value: unknown): Uint8Array {
  if (typeof value !== "object" || value === null) {
    throw wrongKind("a point { x, y }", value);
  }
  const { x, y } = value as Partial<Record<"x" | "y", unknown>>;
  return ewkbPoint(x, y);
}

function tuple(value: unknown, length: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length !== length) {
    throw wrongKind(`an array of ${length} numbers`, value);
  }
  return value;
}

const EWKB_POINT_BYTES = 21;

/** Without an SRID, as the text `point(x y)` that Drizzle sends: PostGIS takes that of the column. */
function ewkbPoint(x: unknown, y: unknown): Uint8Array {
  if (!Number.isFinite(x) || !Number.isFinite(y)) {
    throw wrongKind("a finite number as a coordinate", Number.isFinite(x) ? y : x);
  }
  const bytes = Buffer.alloc(EWKB_POINT_BYTES);
  bytes.writeUInt8(1);
  bytes.writeUInt32LE(GEOMETRY_CODES.Point, 1);
  bytes.writeDoubleLE(x as number, 5);
  bytes.writeDoubleLE(y as number, 13);
  return bytes;
}

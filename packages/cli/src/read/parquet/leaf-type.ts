import { isUtf8 } from "node:buffer";

import type { LogicalType, SchemaElement } from "hyparquet/src/types.js";

import { dateText, instantOf, timestampText, timeText, type Instant } from "./date-time-text.js";
import { bigEndianInteger, decimalText, doubleText, halfFloat, singleText } from "./number-text.js";

/**
 * How the values of a column without parts are handed on. The functions take a value as the physical type
 * has it; they throw a RangeError for one that PostgreSQL cannot store.
 */
export interface LeafType {
  /** The type that fits, as in CREATE TABLE. */
  readonly sql: string;
  /**
   * Whether the bytes of a value are UTF-8 that is its text. `document`: the text is JSON.
   */
  readonly bytes: "text" | "document" | undefined;
  /** The value that the codec of {@link sql} takes. */
  value(raw: unknown): unknown;
  /** Its text, as PostgreSQL reads it. */
  text(raw: unknown): string;
  /** Its JSON, as `to_json` of PostgreSQL has it. */
  json(raw: unknown): string;
}

/** The type for a leaf of the schema, or undefined if there is none. */
export function leafTypeOf(element: SchemaElement): LeafType | undefined {
  const logical = element.logical_type ?? logicalOf(element);
  return (logical && annotatedType(logical, element)) ?? physicalType(element);
}

function annotatedType(logical: LogicalType, element: SchemaElement): LeafType | undefined {
  switch (logical.type) {
    case "STRING":
    case "ENUM":
      return text;
    case "JSON":
      return document;
    case "UUID":
      return leaf("uuid", uuidText);
    case "INTERVAL":
      return leaf("interval", intervalText);
    case "FLOAT16":
      return numberLeaf("real", (raw: Uint8Array) => singleText(halfFloat(raw)), halfFloat);
    case "DATE":
      return leaf("date", dateText);
    case "TIME":
      return timeLeaf("time", timeText, (raw: number | bigint) =>
        instantOf(BigInt(raw), logical.unit),
      );
    case "TIMESTAMP":
      return timestamp(logical.isAdjustedToUTC, (raw: bigint) => instantOf(raw, logical.unit));
    case "INTEGER":
      return integer(logical.bitWidth, logical.isSigned);
    case "DECIMAL":
      return decimal(logical.precision, logical.scale, element);
    case "NULL":
      return leaf("text", String);
    default:
      return undefined;
  }
}

/** What an annotation of the older kind means (`ConvertedType` of parquet.thrift). */
function logicalOf({
  converted_type,
  precision,
  scale = 0,
}: SchemaElement): LogicalType | undefined {
  switch (converted_type) {
    case "UTF8":
      return { type: "STRING" };
    case "ENUM":
    case "JSON":
    case "DATE":
    case "INTERVAL":
      return { type: converted_type };
    case "DECIMAL":
      return { type: "DECIMAL", precision: precision!, scale };
    case "TIME_MILLIS":
    case "TIME_MICROS":
      return { type: "TIME", isAdjustedToUTC: true, unit: unitOf(converted_type) };
    case "TIMESTAMP_MILLIS":
    case "TIMESTAMP_MICROS":
      return { type: "TIMESTAMP", isAdjustedToUTC: true, unit: unitOf(converted_type) };
    case undefined:
      return undefined;
    default: {
      const [, unsigned, bits] = /^(U?)INT_(\d+)$/.exec(converted_type) ?? [];
      return bits === undefined
        ? undefined
        : { type: "INTEGER", bitWidth: Number(bits), isSigned: unsigned === "" };
    }
  }
}

function unitOf(converted: string): "MILLIS" | "MICROS" {
  return converted.endsWith("MILLIS") ? "MILLIS" : "MICROS";
}

function physicalType({ type }: SchemaElement): LeafType | undefined {
  switch (type) {
    case "BOOLEAN":
      return { ...numberLeaf("boolean", String), value: same };
    case "INT32":
      return integer(32, true);
    case "INT64":
      return integer(64, true);
    case "INT96":
      return timestamp(false, (raw: bigint) => instantOf(int96Nanoseconds(raw), "NANOS"));
    case "FLOAT":
      return numberLeaf("real", singleText, same);
    case "DOUBLE":
      return numberLeaf("double precision", doubleText, same);
    case "BYTE_ARRAY":
    case "FIXED_LEN_BYTE_ARRAY":
      return { ...leaf("bytea", byteaText), value: same };
    default:
      return undefined;
  }
}

/** What a function of the raw values of one type is: the caller knows that they are of that type. */
type OfRaw<Result> = (raw: never) => Result;

/** A type whose values are handed on as texts. */
function leaf(sql: string, textOf: OfRaw<string>): LeafType {
  const toText = textOf as (raw: unknown) => string;
  return {
    sql,
    bytes: undefined,
    value: toText,
    text: toText,
    json: (raw) => JSON.stringify(toText(raw)),
  };
}

/** A type whose texts are JSON, but for NaN and the infinities, which `to_json` puts in quotes. */
function numberLeaf(
  sql: string,
  textOf: OfRaw<string>,
  valueOf: OfRaw<unknown> = textOf,
): LeafType {
  const plain = leaf(sql, textOf);
  return {
    ...plain,
    value: valueOf,
    json(raw) {
      const number = plain.text(raw);
      return number === "NaN" || number.endsWith("Infinity") ? `"${number}"` : number;
    },
  };
}

const text: LeafType = { ...leaf("text", utf8Text), bytes: "text" };
const document: LeafType = { ...leaf("jsonb", utf8Text), bytes: "document", json: utf8Text };

/** The unsigned types have no counterpart: the next larger type holds all their values. */
function integer(bits: number, isSigned: boolean): LeafType {
  if (bits === 64) {
    return isSigned
      ? numberLeaf("bigint", String, same)
      : numberLeaf("numeric(20)", (raw: bigint) => String(BigInt.asUintN(64, raw)));
  }
  if (isSigned) {
    return numberLeaf(bits === 32 ? "integer" : "smallint", String, same);
  }
  const sql = { 8: "smallint", 16: "integer", 32: "bigint" }[bits] ?? "bigint";
  return numberLeaf(
    sql,
    (raw: number) => String(raw >>> 0),
    (raw: number) => raw >>> 0,
  );
}

function decimal(precision: number, scale: number, { type }: SchemaElement): LeafType {
  const sql = `numeric(${precision},${scale})`;
  return type === "INT32" || type === "INT64"
    ? numberLeaf(sql, (raw: number | bigint) => decimalText(BigInt(raw), scale))
    : numberLeaf(sql, (raw: Uint8Array) => decimalText(bigEndianInteger(raw), scale));
}

function timestamp(isAdjustedToUTC: boolean, instant: OfRaw<Instant>): LeafType {
  const zone = isAdjustedToUTC ? "+00" : "";
  const sql = isAdjustedToUTC ? "timestamptz" : "timestamp";
  return timeLeaf(sql, (value) => timestampText(value, zone), instant);
}

/** A type whose nanoseconds PostgreSQL cannot store; JSON can. */
function timeLeaf(
  sql: string,
  textOf: (instant: Instant) => string,
  instantOfRaw: OfRaw<Instant>,
): LeafType {
  const toInstant = instantOfRaw as (raw: unknown) => Instant;
  const whole = leaf(sql, (raw) => {
    const instant = toInstant(raw);
    if (instant.nanoseconds !== 0) {
      throw new RangeError(
        `${textOf(instant)} is more precise than a microsecond, the precision of PostgreSQL`,
      );
    }
    return textOf(instant);
  });
  return { ...whole, json: (raw) => JSON.stringify(textOf(toInstant(raw))) };
}

/** A Julian day in the upper 32 bits, and nanoseconds of the day. 1970-01-01 is day 2440588. */
function int96Nanoseconds(raw: bigint): bigint {
  const days = (raw >> 64n) - 2_440_588n;
  return days * 86_400_000_000_000n + BigInt.asUintN(64, raw);
}

function utf8Text(raw: Uint8Array): string {
  if (!isUtf8(raw)) {
    throw new RangeError("the string is not valid UTF-8");
  }
  return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString();
}

function byteaText(raw: Uint8Array): string {
  return `\\x${hex(raw)}`;
}

function uuidText(raw: Uint8Array): string {
  return hex(raw).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Three unsigned integers: months, days and milliseconds, as an ISO 8601 duration. */
function intervalText(raw: Uint8Array): string {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const [months, days, milliseconds] = [0, 4, 8].map((at) => view.getUint32(at, true));
  return `P${months}M${days}DT${decimalText(BigInt(milliseconds!), 3)}S`;
}

function hex(raw: Uint8Array): string {
  return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("hex");
}

function same(raw: unknown): unknown {
  return raw;
}

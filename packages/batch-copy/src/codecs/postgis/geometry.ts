import { isUint8Array } from "node:util/types";

import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { LimitError } from "../limit-error.js";
import { bytesFromHex, GEOMETRY_CODES, readEwkbHeader, type EwkbHeader } from "./ewkb.js";
import { GeoJsonWriter } from "./geo-json-writer.js";
import type { GeoJsonGeometry } from "./geo-json.js";

/** A geometry: EWKB as bytes or in hexadecimal digits, or a GeoJSON geometry. */
export type GeometryValue = Uint8Array | string | GeoJsonGeometry;

/** The type of a PostGIS column: a geometry type and its additional dimensions. */
export type GeometryType = `${"Geometry" | keyof typeof GEOMETRY_CODES}${"" | "Z" | "M" | "ZM"}`;

/** The restrictions of a column. */
interface Limits {
  /** 0 for any. */
  readonly code: number;
  readonly hasZ: boolean;
  readonly hasM: boolean;
  /** 0 for any. */
  readonly srid: number;
}

const LONGITUDE_LATITUDE = 4326;

/** `SRID_MAX` in PostGIS's configure.ac. */
const MAX_SRID = 999_999;

/** The difference between the code of a multi geometry and that of its parts. */
const MULTI = 3;

/**
 * `geometry(type, srid)` of PostGIS, or `geometry` of any type for `geometry()`: EWKB as bytes or
 * in hexadecimal digits, as PostGIS prints it, of which only the header is checked here; or a
 * GeoJSON geometry, whose positions must all have two or all have three coordinates. Its SRID is
 * 4326, as for `ST_GeomFromGeoJSON`, unless a `crs` has another (`"EPSG:3857"`). Decodes to EWKB as
 * bytes.
 *
 * @throws RangeError for a type or an SRID that PostGIS does not accept.
 * @example
 * table("places", { id: int8, position: geometry("Point", 4326) });
 */
export function geometry(type?: GeometryType, srid = 0): ColumnType<GeometryValue> {
  return postgisType("geometry", type, srid);
}

/**
 * `geography(type, srid)` of PostGIS, or `geography` of any type for `geography()`: as {@link
 * geometry}, but simple features only. A longitude or latitude out of range is an error in GeoJSON;
 * in EWKB PostGIS wraps it around.
 *
 * @throws RangeError for a type or an SRID that PostGIS does not accept.
 */
export function geography(
  type?: GeometryType,
  srid: number = LONGITUDE_LATITUDE,
): ColumnType<GeometryValue> {
  return postgisType("geography", type, srid);
}

function postgisType(
  name: "geometry" | "geography",
  type: GeometryType | undefined,
  srid: number,
): ColumnType<GeometryValue> {
  // geometry(Geometry) would accept two dimensions only, and the catalog has it as geometry.
  const isAny = type === undefined || (type === "Geometry" && srid === 0);
  const limits = isAny ? undefined : limitsOf(name, type, srid);
  const isGeography = name === "geography";
  return columnType<GeometryValue>(definitionOf(name, isAny ? undefined : type, srid), {
    sql: isAny ? name : `${name}(${type}${srid === 0 ? "" : `,${srid}`})`,
    encode(value, out) {
      writeGeometry(value, limits, isGeography, out);
    },
    decode: (input) => input.bytes(),
  });
}

function definitionOf(name: string, type: GeometryType | undefined, srid: number): string {
  if (type === undefined) {
    return `${name}()`;
  }
  return srid === 0 ? `${name}("${type}")` : `${name}("${type}", ${srid})`;
}

function limitsOf(name: string, type: GeometryType, srid: number): Limits {
  const match = /^([A-Za-z]+?)(Z?)(M?)$/.exec(type);
  const code = match === null ? undefined : codeNamed(match[1]!);
  if (code === undefined) {
    throw new RangeError(`${name}(type) takes a PostGIS geometry type, got ${describeValue(type)}`);
  }
  const isGeography = name === "geography";
  if (isGeography && code > GEOMETRY_CODES.GeometryCollection) {
    throw new RangeError(`geography does not support the type ${type}`);
  }
  // A geography without an SRID has 4326.
  const least = isGeography ? 1 : 0;
  if (!Number.isInteger(srid) || srid < least || srid > MAX_SRID) {
    throw new RangeError(`${name}(, srid) takes ${least} to ${MAX_SRID}, got ${srid}`);
  }
  return { code, hasZ: match![2] !== "", hasM: match![3] !== "", srid };
}

function codeNamed(name: string): number | undefined {
  const codes: Readonly<Record<string, number>> = GEOMETRY_CODES;
  return name === "Geometry" ? 0 : Object.hasOwn(codes, name) ? codes[name] : undefined;
}

function writeGeometry(
  value: GeometryValue,
  limits: Limits | undefined,
  isGeography: boolean,
  out: ByteWriter,
): void {
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    const writer = new GeoJsonWriter(value, isGeography);
    checkHeader(writer.header, limits, isGeography);
    writer.write(out);
    return;
  }
  const bytes = typeof value === "string" ? bytesFromHex(value) : value;
  if (!isUint8Array(bytes)) {
    throw wrongKind("EWKB as a Uint8Array or in hexadecimal digits, or GeoJSON", value);
  }
  checkHeader(readEwkbHeader(bytes), limits, isGeography);
  out.bytes(bytes);
}

/** Throws the errors of `postgis_valid_typmod` and `geography_valid_type` in PostGIS. */
function checkHeader(header: EwkbHeader, limits: Limits | undefined, isGeography: boolean): void {
  const { code, hasZ, hasM, srid } = header;
  if (isGeography && code > GEOMETRY_CODES.GeometryCollection) {
    throw new RangeError(`geography does not support the type ${nameOf(code)}`);
  }
  if (limits === undefined) {
    return;
  }
  if (!isTaken(code, limits.code)) {
    throw new LimitError(
      `the geometry is a ${nameOf(code)}, the column has the type ${nameOf(limits.code)}`,
    );
  }
  if (hasZ !== limits.hasZ || hasM !== limits.hasM) {
    throw new LimitError(
      `the geometry has the dimensions ${axes(hasZ, hasM)}, the column has ${axes(limits.hasZ, limits.hasM)}`,
    );
  }
  if (srid !== 0 && limits.srid !== 0 && srid !== limits.srid) {
    throw new LimitError(`the geometry has the SRID ${srid}, the column has ${limits.srid}`);
  }
}

/** Whether the column accepts the type, as far as the types alone show it. */
function isTaken(code: number, taken: number): boolean {
  const { MultiPoint, Point, GeometryCollection } = GEOMETRY_CODES;
  const isSimple = code <= GeometryCollection && taken <= GeometryCollection;
  // PostGIS makes MULTIPOINT EMPTY a point.
  const mayBeEmptyPoint = code === MultiPoint && taken === Point;
  return taken === 0 || code === taken || code + MULTI === taken || mayBeEmptyPoint || !isSimple;
}

function nameOf(code: number): string {
  const found = Object.entries(GEOMETRY_CODES).find(([, value]) => value === code);
  return found?.[0] ?? String(code);
}

function axes(hasZ: boolean, hasM: boolean): string {
  return `XY${hasZ ? "Z" : ""}${hasM ? "M" : ""}`;
}

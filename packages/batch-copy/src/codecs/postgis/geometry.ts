import { isUint8Array } from "node:util/types";

import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { bytesFromHex, GEOMETRY_CODES, readEwkbHeader, type EwkbHeader } from "./ewkb.js";
import { GeoJsonWriter } from "./geo-json-writer.js";
import type { GeoJsonGeometry } from "./geo-json.js";

/** A geometry: its EWKB bytes, their hexadecimal digits, or a geometry of GeoJSON. */
export type GeometryValue = Uint8Array | string | GeoJsonGeometry;

/** What a column of PostGIS's may be limited to: a type of geometry and its further dimensions. */
export type GeometryType = `${"Geometry" | keyof typeof GEOMETRY_CODES}${"" | "Z" | "M" | "ZM"}`;

/** What a column takes. */
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

/** A column for simple geometries takes them into a multi geometry as well. */
const MULTI = 3;

/**
 * `geometry(type, srid)` of PostGIS, or `geometry` of any kind for `geometry()`: EWKB as bytes, of
 * which only the header is checked here, or in hexadecimal digits, as PostGIS prints it; or a
 * geometry of GeoJSON, with positions all of two or all of three coordinates. Its SRID is 4326, as for
 * `ST_GeomFromGeoJSON`, unless a `crs` names another (`"EPSG:3857"`). Comes back as EWKB bytes.
 *
 * @throws RangeError for a type or an SRID that PostGIS does not take.
 * @example
 * table("places", { id: int8, position: geometry("Point", 4326) });
 */
export function geometry(type?: GeometryType, srid = 0): ColumnType<GeometryValue> {
  return postgisType("geometry", type, srid);
}

/**
 * `geography(type, srid)` of PostGIS, or `geography` of any kind for `geography()`: as
 * {@link geometry}, for the simple features only. A longitude or latitude out of range in GeoJSON is
 * refused; in EWKB PostGIS wraps it around.
 *
 * @throws RangeError for a type or an SRID that PostGIS does not take.
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
  // geometry(Geometry) would take two dimensions only, and reads as geometry in the catalog.
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

/** Refuses what `postgis_valid_typmod` or `geography_valid_type` of PostGIS would refuse. */
function checkHeader(header: EwkbHeader, limits: Limits | undefined, isGeography: boolean): void {
  const { code, hasZ, hasM, srid } = header;
  if (isGeography && code > GEOMETRY_CODES.GeometryCollection) {
    throw new RangeError(`geography does not support the type ${nameOf(code)}`);
  }
  if (limits === undefined) {
    return;
  }
  if (!isTaken(code, limits.code)) {
    throw new RangeError(
      `the geometry is a ${nameOf(code)}, the column has the type ${nameOf(limits.code)}`,
    );
  }
  if (hasZ !== limits.hasZ || hasM !== limits.hasM) {
    throw new RangeError(
      `the geometry has the dimensions ${axes(hasZ, hasM)}, the column has ${axes(limits.hasZ, limits.hasM)}`,
    );
  }
  if (srid !== 0 && limits.srid !== 0 && srid !== limits.srid) {
    throw new RangeError(`the geometry has the SRID ${srid}, the column has ${limits.srid}`);
  }
}

/** Whether a column takes the type, as far as that can be told from the two alone. */
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

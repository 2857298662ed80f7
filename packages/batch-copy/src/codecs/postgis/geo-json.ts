import { describeValue, wrongKind } from "../describe-value.js";
import { GEOMETRY_CODES } from "./ewkb.js";

/** The coordinates of a position: x (longitude), y (latitude) and optionally z. */
export type GeoJsonPosition = readonly number[];

/** The geometry objects of GeoJSON (RFC 7946). */
export type GeoJsonGeometry =
  | { readonly type: "Point"; readonly coordinates: GeoJsonPosition }
  | { readonly type: "LineString" | "MultiPoint"; readonly coordinates: readonly GeoJsonPosition[] }
  | {
      readonly type: "Polygon" | "MultiLineString";
      readonly coordinates: readonly (readonly GeoJsonPosition[])[];
    }
  | {
      readonly type: "MultiPolygon";
      readonly coordinates: readonly (readonly (readonly GeoJsonPosition[])[])[];
    }
  | { readonly type: "GeometryCollection"; readonly geometries: readonly GeoJsonGeometry[] };

/** The keys of a geometry object, before it is checked. */
export interface GeoJsonObject {
  readonly type?: unknown;
  readonly coordinates?: unknown;
  readonly geometries?: unknown;
  readonly crs?: { readonly properties?: { readonly name?: unknown } } | null;
}

/** The SRID of longitude and latitude, which `ST_GeomFromGeoJSON` uses. */
const WGS84 = 4326;

/** The name of a coordinate system in PostGIS's GeoJSON. */
const EPSG_NAME = /^(?:EPSG:|urn:ogc:def:crs:EPSG::)([1-9]\d{0,5})$/;

/** `LW_PARSER_MAX_DEPTH` in PostGIS's liblwgeom/lwin_wkb.c. */
const MAX_DEPTH = 200;

/** The number of coordinates of the first position, or 0 if there is no position. */
export function countDimensions(geometry: unknown, depth: number): number {
  checkDepth(depth);
  const { coordinates, geometries } = geometry as GeoJsonObject;
  const parts = Array.isArray(geometry) ? geometry : (coordinates ?? geometries);
  if (!Array.isArray(parts)) {
    return 0;
  }
  if (typeof parts[0] === "number") {
    return parts.length;
  }
  for (const part of parts as readonly unknown[]) {
    const dimensions = typeof part === "object" && part ? countDimensions(part, depth + 1) : 0;
    if (dimensions > 0) {
      return dimensions;
    }
  }
  return 0;
}

/** The SRID of a top-level geometry. */
export function sridOf({ crs }: GeoJsonObject): number {
  if (crs === undefined || crs === null) {
    return WGS84;
  }
  const name = crs.properties?.name;
  const match = typeof name === "string" ? EPSG_NAME.exec(name) : null;
  if (match === null) {
    throw new RangeError(
      'the GeoJSON crs must have a name such as "EPSG:4326": pass EWKB for any other',
    );
  }
  return Number(match[1]);
}

/** One of {@link GEOMETRY_CODES}, or the error for a value that is not a geometry. */
export function codeOf(geometry: GeoJsonObject): number {
  if (typeof geometry !== "object" || geometry === null) {
    throw wrongKind("a GeoJSON geometry", geometry);
  }
  const { type } = geometry;
  if (typeof type !== "string" || !isGeoJsonType(type)) {
    throw new TypeError(
      `expected a GeoJSON geometry, got one whose type is ${describeValue(type)}`,
    );
  }
  return GEOMETRY_CODES[type];
}

function isGeoJsonType(type: string): type is GeoJsonGeometry["type"] {
  const code = (GEOMETRY_CODES as Readonly<Record<string, number>>)[type];
  return code !== undefined && code <= GEOMETRY_CODES.GeometryCollection;
}

/** The value if it is an array, or the error. */
export function arrayOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw wrongKind(`an array as GeoJSON ${what}`, value);
  }
  return value;
}

/** Throws a RangeError for more levels of nesting than PostGIS reads. */
export function checkDepth(depth: number): void {
  if (depth >= MAX_DEPTH) {
    throw new RangeError(`the GeoJSON has ${MAX_DEPTH} or more levels of nesting`);
  }
}

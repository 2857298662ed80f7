import { describeValue } from "../describe-value.js";

/** The geometry types by their names in PostGIS (liblwgeom/liblwgeom_internal.h). */
export const GEOMETRY_CODES = {
  Point: 1,
  LineString: 2,
  Polygon: 3,
  MultiPoint: 4,
  MultiLineString: 5,
  MultiPolygon: 6,
  GeometryCollection: 7,
  CircularString: 8,
  CompoundCurve: 9,
  CurvePolygon: 10,
  MultiCurve: 11,
  MultiSurface: 12,
  PolyhedralSurface: 15,
  Tin: 16,
  Triangle: 17,
} as const;

/** The header of EWKB, before the coordinates. */
export interface EwkbHeader {
  /** One of {@link GEOMETRY_CODES}. */
  readonly code: number;
  readonly hasZ: boolean;
  readonly hasM: boolean;
  /** 0 if unknown. */
  readonly srid: number;
}

/** The flags in the highest bits of the type in EWKB. */
export const EWKB_Z = 0x8000_0000;
const EWKB_M = 0x4000_0000;
export const EWKB_SRID = 0x2000_0000;
const CODE_MASK = 0x0fff_ffff;

/** Curve and Surface of PostGIS 1.5, and NurbsCurve of PostGIS 3.7. */
const OTHER_CODES: readonly number[] = [13, 14, 21];

const KNOWN_CODES: ReadonlySet<number> = new Set([
  ...Object.values(GEOMETRY_CODES),
  ...OTHER_CODES,
]);

/**
 * The positions of the type and the SRID, and the size of the count that starts the shortest
 * content.
 */
const TYPE_AT = 1;
const SRID_AT = 5;
const COUNT_BYTES = 4;

/**
 * Reads the header of EWKB, or of WKB, whose dimensions are in the thousands of the type.
 *
 * @throws RangeError for bytes that do not start like a geometry.
 */
export function readEwkbHeader(bytes: Uint8Array): EwkbHeader {
  const byteOrder = bytes[0];
  if ((byteOrder !== 0 && byteOrder !== 1) || bytes.length < SRID_AT + COUNT_BYTES) {
    throw new RangeError(
      "the bytes are not valid EWKB: they do not start with a byte order and a type",
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const type = view.getUint32(TYPE_AT, byteOrder === 1);
  const number = type & CODE_MASK;
  const code = number % 1000;
  const thousands = (number - code) / 1000;
  if (!KNOWN_CODES.has(code) || thousands > 3) {
    throw new RangeError(`the bytes are not valid EWKB: there is no geometry type ${number}`);
  }
  const hasSrid = (type & EWKB_SRID) !== 0;
  if (hasSrid && bytes.length < SRID_AT + 4 + COUNT_BYTES) {
    throw new RangeError("the bytes are not valid EWKB: they end before the coordinates");
  }
  return {
    code,
    hasZ: (type & EWKB_Z) !== 0 || thousands === 1 || thousands === 3,
    hasM: (type & EWKB_M) !== 0 || thousands >= 2,
    srid: hasSrid ? view.getInt32(SRID_AT, byteOrder === 1) : 0,
  };
}

/** The bytes for hexadecimal digits, as PostGIS prints a geometry. */
export function bytesFromHex(text: string): Buffer {
  const bytes = Buffer.from(text, "hex");
  // Buffer.from silently stops at the first character that is not a digit.
  if (bytes.length === 0 || bytes.length * 2 !== text.length) {
    throw new RangeError(`${describeValue(text)} is not valid EWKB in hexadecimal digits`);
  }
  return bytes;
}

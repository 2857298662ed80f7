import type { ByteWriter } from "../../bytes/byte-writer.js";
import { wrongKind } from "../describe-value.js";
import { EWKB_SRID, EWKB_Z, GEOMETRY_CODES, type EwkbHeader } from "./ewkb.js";
import {
  arrayOf,
  checkDepth,
  codeOf,
  countDimensions,
  sridOf,
  type GeoJsonGeometry,
  type GeoJsonObject,
  type GeoJsonPosition,
} from "./geo-json.js";

const { Point, LineString, Polygon, GeometryCollection } = GEOMETRY_CODES;

/** The difference between the code of a multi geometry and that of its parts. */
const MULTI = 3;

/**
 * The minimum number of positions of a line and of a ring: `LW_PARSER_CHECK_MINPOINTS` in
 * lwin_wkb.c.
 */
const LINE_POSITIONS = 2;
const RING_POSITIONS = 4;

/** The limits of longitude, latitude and height. */
const MAX_DEGREES = [180, 90, Infinity] as const;

const littleEndian = Buffer.alloc(8);

/** Writes GeoJSON geometries as EWKB in the byte order of x86 and ARM, which PostGIS uses too. */
export class GeoJsonWriter {
  readonly #geometry: GeoJsonObject;
  readonly #isGeography: boolean;
  readonly #dimensions: number;
  readonly #srid: number;
  #out!: ByteWriter;

  /**
   * @param isGeography whether positions are degrees, which PostGIS would wrap around if out of
   * range.
   */
  constructor(geometry: GeoJsonGeometry, isGeography: boolean) {
    this.#geometry = geometry;
    this.#isGeography = isGeography;
    this.#dimensions = countDimensions(geometry, 0) === 3 ? 3 : 2;
    this.#srid = sridOf(this.#geometry);
  }

  /** The header that {@link write} writes. */
  get header(): EwkbHeader {
    return {
      code: codeOf(this.#geometry),
      hasZ: this.#dimensions === 3,
      hasM: false,
      srid: this.#srid,
    };
  }

  write(out: ByteWriter): void {
    this.#out = out;
    const code = codeOf(this.#geometry);
    this.#writeHeader(code | EWKB_SRID);
    this.#int32(this.#srid);
    this.#writeContent(code, this.#geometry, 1);
  }

  #writeHeader(code: number): void {
    this.#out.int8(1);
    this.#int32(this.#dimensions === 3 ? code | EWKB_Z : code);
  }

  #writeContent(code: number, geometry: GeoJsonObject, depth: number): void {
    if (code !== GeometryCollection) {
      this.#writeCoordinates(code, geometry.coordinates);
      return;
    }
    checkDepth(depth);
    const geometries = arrayOf(geometry.geometries, "geometries") as readonly GeoJsonObject[];
    this.#int32(geometries.length);
    for (const member of geometries) {
      const memberCode = codeOf(member);
      this.#writeHeader(memberCode);
      this.#writeContent(memberCode, member, depth + 1);
    }
  }

  #writeCoordinates(code: number, coordinates: unknown): void {
    if (code === Point) {
      this.#writePoint(coordinates);
      return;
    }
    if (code === LineString) {
      this.#writeLine(coordinates);
      return;
    }
    const parts = arrayOf(coordinates, "coordinates");
    this.#int32(parts.length);
    for (const part of parts) {
      if (code === Polygon) {
        this.#writeRing(part);
      } else {
        this.#writeHeader(code - MULTI);
        this.#writeCoordinates(code - MULTI, part);
      }
    }
  }

  #writePoint(coordinates: unknown): void {
    if (arrayOf(coordinates, "coordinates").length > 0) {
      this.#writePosition(coordinates);
      return;
    }
    // POINT EMPTY
    for (let i = 0; i < this.#dimensions; i++) {
      this.#float64(Number.NaN);
    }
  }

  #writeLine(coordinates: unknown): void {
    const positions = arrayOf(coordinates, "coordinates");
    if (positions.length > 0 && positions.length < LINE_POSITIONS) {
      throw new RangeError("a GeoJSON line must have at least two positions, got one");
    }
    this.#writePositions(positions);
  }

  #writeRing(coordinates: unknown): void {
    const positions = arrayOf(coordinates, "coordinates") as readonly GeoJsonPosition[];
    if (positions.length < RING_POSITIONS) {
      throw new RangeError(
        `a GeoJSON ring must have at least four positions, got ${positions.length}`,
      );
    }
    this.#writePositions(positions);
    const first = positions[0]!;
    const last = positions.at(-1)!;
    if (!Object.is(first[0], last[0]) || !Object.is(first[1], last[1])) {
      throw new RangeError("a GeoJSON ring must end at its first position");
    }
  }

  #writePositions(positions: readonly unknown[]): void {
    this.#int32(positions.length);
    for (const position of positions) {
      this.#writePosition(position);
    }
  }

  #writePosition(position: unknown): void {
    const coordinates = arrayOf(position, "coordinates");
    if (coordinates.length !== this.#dimensions) {
      throw wrongDimensions(coordinates.length);
    }
    for (let axis = 0; axis < coordinates.length; axis++) {
      const coordinate = coordinates[axis];
      if (typeof coordinate !== "number" || !Number.isFinite(coordinate)) {
        throw wrongKind("a finite number as a coordinate", coordinate);
      }
      if (this.#isGeography && Math.abs(coordinate) > MAX_DEGREES[axis]!) {
        const most = MAX_DEGREES[axis]!;
        throw new RangeError(`${coordinate} is out of range (-${most} to ${most})`);
      }
      this.#float64(coordinate);
    }
  }

  #int32(value: number): void {
    littleEndian.writeInt32LE(value | 0);
    this.#out.bytes(littleEndian.subarray(0, 4));
  }

  #float64(value: number): void {
    littleEndian.writeDoubleLE(value);
    this.#out.bytes(littleEndian);
  }
}

function wrongDimensions(count: number): Error {
  return count === 2 || count === 3
    ? new RangeError("some positions have two coordinates and others three")
    : new RangeError(`a GeoJSON position must have two or three coordinates, got ${count}`);
}

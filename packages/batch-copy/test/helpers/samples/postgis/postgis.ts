import fc from "fast-check";

import { geography, geometry } from "../../../../dist/codecs/postgis/geometry.js";
import type { TypeSamples } from "../../type-sample.js";

// PostGIS does not come with PostgreSQL: where the server has no extension "postgis", these are
// checked by their bytes alone (test/unit/postgis.test.ts).

/** SELECT 'SRID=4326;POINT(1 2)'::geometry */
const POINT = "0101000020E6100000000000000000F03F0000000000000040";
/** The same without an SRID, with Z in EWKB's way and in WKB's, and with the bytes the other way. */
const PLAIN_POINT = "0101000000000000000000F03F0000000000000040";
const POINT_Z = "0101000080000000000000F03F00000000000000400000000000000840";
const WKB_POINT_Z = "01E9030000000000000000F03F00000000000000400000000000000840";
const BIG_ENDIAN_POINT = "00000000013FF00000000000004000000000000000";
const EMPTY_MULTI_POINT = "010400000000000000";
const EMPTY_CURVE = "010800000000000000";

const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");
const pointJson = { type: "Point", coordinates: [1, 2] };

interface Shape {
  readonly type: string;
  readonly coordinates?: unknown;
  readonly geometries?: readonly Shape[];
}

/**
 * EWKT of GeoJSON, with an SRID: `geometry_in` reads GeoJSON too, but gives it the SRID 0, and
 * `geography_in` does not.
 */
function ewkt(shape: Shape, dimensions: number): string {
  return `SRID=4326;${wkt(shape, dimensions)}`;
}

function wkt({ type, coordinates, geometries }: Shape, dimensions: number): string {
  const parts =
    geometries === undefined
      ? listText(type === "Point" ? [coordinates] : coordinates)
      : `(${geometries.map((member) => wkt(member, dimensions)).join()})`;
  return `${type}${dimensions === 3 ? " Z" : ""} ${parts}`;
}

/** Numbers of a position are separated by spaces, positions and lists of them by commas. */
function listText(list: unknown): string {
  const items = list as readonly unknown[];
  return typeof items[0] === "number" ? items.join(" ") : `(${items.map(listText).join()})`;
}

const numbers = (end: number): fc.Arbitrary<number> =>
  fc.oneof(fc.double({ min: -end, max: end, noNaN: true }), fc.integer({ min: -end, max: end }));

/** GeoJSON of positions within the limits of longitude and latitude, with the server's literal for it. */
function geoJson(
  dimensions: 2 | 3,
  longitude: number,
  latitude: number,
): fc.Arbitrary<readonly [value: unknown, literal: string]> {
  const height = fc.double({ noNaN: true, noDefaultInfinity: true });
  const position = fc
    .tuple(numbers(longitude), numbers(latitude), height)
    .map((coordinates) => coordinates.slice(0, dimensions).map((value) => value + 0));
  const positions = fc.array(position, { minLength: 2, maxLength: 5 });
  const ring = fc
    .array(position, { minLength: 3, maxLength: 5 })
    .map((corners) => corners.concat(corners.slice(0, 1)));
  const rings = fc.array(ring, { minLength: 1, maxLength: 3 });
  const few = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
    fc.array(values, { minLength: 1, maxLength: 3 });
  const of = (type: string, coordinates: fc.Arbitrary<unknown>): fc.Arbitrary<Shape> =>
    fc.record({ type: fc.constant(type), coordinates });
  const simple = fc.oneof(
    of("Point", position),
    of("LineString", positions),
    of("Polygon", rings),
    of("MultiPoint", few(position)),
    of("MultiLineString", few(positions)),
    of("MultiPolygon", few(rings)),
  );
  const collection: fc.Arbitrary<Shape> = fc.record({
    type: fc.constant("GeometryCollection"),
    geometries: few(simple),
  });
  return fc.oneof(simple, collection).map((value) => [value, ewkt(value, dimensions)] as const);
}

const planar = fc.oneof(geoJson(2, 180, 90), geoJson(3, 180, 90));
/** Without edges between opposite points of the globe, which PostGIS rejects. */
const spherical = fc.oneof(geoJson(2, 89, 89), geoJson(3, 89, 89));

export const postgisSamples: readonly TypeSamples[] = [
  {
    type: geometry(),
    extension: "postgis",
    accepted: [
      [bytes(POINT), POINT],
      [new Uint8Array(bytes(PLAIN_POINT)), PLAIN_POINT, bytes(PLAIN_POINT)],
      [bytes(POINT_Z), POINT_Z],
      [POINT, POINT, bytes(POINT)],
      [POINT.toLowerCase(), POINT, bytes(POINT)],
      [WKB_POINT_Z, WKB_POINT_Z, bytes(WKB_POINT_Z)],
      [BIG_ENDIAN_POINT, BIG_ENDIAN_POINT, bytes(BIG_ENDIAN_POINT)],
      [EMPTY_CURVE, EMPTY_CURVE, bytes(EMPTY_CURVE)],
      [pointJson, POINT, bytes(POINT)],
      [{ ...pointJson, crs: null, bbox: [1, 2, 1, 2] }, POINT, bytes(POINT)],
    ],
    refused: [
      ["POINT(1 2)", /"POINT\(1 2\)" is not valid EWKB in hexadecimal digits/],
      ["", /is not valid EWKB/],
      [`${POINT}0`, /is not valid EWKB in hexadecimal digits/],
      [`${POINT.slice(0, -1)}g`, /is not valid EWKB in hexadecimal digits/],
      [bytes(`02${POINT.slice(2)}`), /do not start with a byte order and a type/],
      [bytes("01010000"), /do not start with a byte order and a type/],
      [bytes("0101000020E610000000"), /they end before the coordinates/],
      [bytes(`0112${PLAIN_POINT.slice(4)}`), /there is no geometry type 18/],
      [bytes(`01A10F0000${PLAIN_POINT.slice(10)}`), /there is no geometry type 4001/],
      [new Uint16Array(20), /expected EWKB as a Uint8Array/],
      [5, /expected EWKB as a Uint8Array or in hexadecimal digits, or GeoJSON, got 5/],
      [{}, /expected a GeoJSON geometry, got one whose type is undefined/],
      [[1, 2], /expected a GeoJSON geometry/],
      [{ type: "Feature", geometry: pointJson }, /whose type is "Feature"/],
      [{ type: "CircularString", coordinates: [] }, /whose type is "CircularString"/],
      [{ type: "constructor", coordinates: [] }, /whose type is "constructor"/],
      [{ type: "Point" }, /expected an array as GeoJSON coordinates/],
      [{ type: "Point", coordinates: [1] }, /two or three coordinates, got 1/],
      [{ type: "Point", coordinates: [1, 2, 3, 4] }, /two or three coordinates, got 4/],
      [{ type: "Point", coordinates: [[1, 2]] }, /two or three coordinates, got 1/],
      [{ type: "Point", coordinates: [1, "2"] }, /expected a finite number as a coordinate/],
      [{ type: "Point", coordinates: [1, Number.NaN] }, /finite number as a coordinate, got NaN/],
      [{ type: "LineString", coordinates: [[1, 2]] }, /at least two positions, got one/],
      [{ type: "LineString", coordinates: [1, 2] }, /expected an array as GeoJSON coordinates/],
      [
        {
          type: "LineString",
          coordinates: [
            [1, 2],
            [3, 4, 5],
          ],
        },
        /some positions have two coordinates and others three/,
      ],
      [{ type: "Polygon", coordinates: [[]] }, /at least four positions, got 0/],
      [
        {
          type: "Polygon",
          coordinates: [
            [
              [0, 0],
              [1, 0],
              [1, 1],
              [0, 1],
            ],
          ],
        },
        /a GeoJSON ring must end at its first position/,
      ],
      [
        {
          type: "GeometryCollection",
          geometries: [pointJson, { type: "Point", coordinates: [1, 2, 3] }],
        },
        /some positions have two coordinates and others three/,
      ],
      [{ type: "GeometryCollection" }, /expected an array as GeoJSON geometries/],
      [{ type: "GeometryCollection", geometries: [null] }, /expected a GeoJSON geometry/],
      [nested(300), /200 or more levels of nesting/],
      [{ ...pointJson, crs: { properties: { name: "mine" } } }, /the GeoJSON crs/],
    ],
    generated: planar,
  },
  {
    type: geometry("Point", 4326),
    extension: "postgis",
    accepted: [
      [pointJson, POINT, bytes(POINT)],
      [PLAIN_POINT, PLAIN_POINT, bytes(PLAIN_POINT)],
      [EMPTY_MULTI_POINT, EMPTY_MULTI_POINT, bytes(EMPTY_MULTI_POINT)],
    ],
    refused: [
      [{ type: "LineString", coordinates: [] }, /a LineString, the column has the type Point/],
      [{ type: "Point", coordinates: [1, 2, 3] }, /dimensions XYZ, the column has XY/],
      [POINT_Z, /dimensions XYZ, the column has XY/],
      [WKB_POINT_Z, /dimensions XYZ, the column has XY/],
      [
        { ...pointJson, crs: { type: "name", properties: { name: "EPSG:3857" } } },
        /the SRID 3857, the column has 4326/,
      ],
    ],
  },
  {
    type: geometry("MultiPointZ"),
    extension: "postgis",
    // Before, the server makes a multi geometry of no simple one.
    extensionSince: 3.4,
    accepted: [[POINT_Z, POINT_Z, bytes(POINT_Z)]],
    refused: [
      [pointJson, /dimensions XY, the column has XYZ/],
      [
        { type: "MultiPolygon", coordinates: [] },
        /MultiPolygon, the column has the type MultiPoint/,
      ],
    ],
  },
  {
    type: geography(),
    extension: "postgis",
    accepted: [
      [pointJson, POINT, bytes(POINT)],
      [POINT, POINT, bytes(POINT)],
    ],
    refused: [
      [EMPTY_CURVE, /geography does not support the type CircularString/],
      [{ type: "Point", coordinates: [181, 0] }, /181 is out of range \(-180 to 180\)/],
      [{ type: "Point", coordinates: [0, -91] }, /-91 is out of range \(-90 to 90\)/],
    ],
    generated: spherical,
  },
  {
    type: geography("Point"),
    extension: "postgis",
    accepted: [[pointJson, POINT, bytes(POINT)]],
    refused: [[{ type: "Polygon", coordinates: [] }, /a Polygon, the column has the type Point/]],
  },
];

function nested(depth: number): object {
  let value: object = pointJson;
  for (let i = 0; i < depth; i++) {
    value = { type: "GeometryCollection", geometries: [value] };
  }
  return value;
}

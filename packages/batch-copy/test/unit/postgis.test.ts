import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { GeoJsonGeometry } from "../../dist/codecs/postgis/geo-json.js";
import { geography, geometry } from "../../dist/codecs/postgis/geometry.js";
import { OpenWriter } from "../helpers/open-writer.js";

// PostGIS does not come with the servers that the tests start. These bytes are written by hand from
// the description of EWKB in PostGIS's doc/ZMSgeoms.txt, and the plain ones are those of its own
// regress/core/wkb_expected.

function ewkb(value: GeoJsonGeometry, type = geometry()): string {
  const out = new OpenWriter();
  type
    .codecFor({ oid: 0, schema: "", name: "", sql: "", kind: "base", hasBinaryForm: true })
    .encode(value, out);
  return out.hex;
}

/** With Z, and with an SRID, in the type; then 4326. */
const Z = "0000a0e6100000";
const FLAT = "000020e6100000";

const zero = "0000000000000000";
const one = "000000000000f03f";
const two = "0000000000000040";
const three = "0000000000000840";
const nan = "000000000000f87f";
const count = (number: number): string => `0${number}000000`;

describe("GeoJSON becomes EWKB", () => {
  it("points", () => {
    assert.equal(ewkb({ type: "Point", coordinates: [1, 2] }), `0101${FLAT}${one}${two}`);
    assert.equal(ewkb({ type: "Point", coordinates: [1, 2, 3] }), `0101${Z}${one}${two}${three}`);
    assert.equal(ewkb({ type: "Point", coordinates: [] }), `0101${FLAT}${nan}${nan}`);
  });

  it("lines", () => {
    const coordinates = [
      [0, 1],
      [2, 3],
    ];
    const points = count(2) + zero + one + two + three;
    assert.equal(ewkb({ type: "LineString", coordinates }), `0102${FLAT}${points}`);
    assert.equal(ewkb({ type: "LineString", coordinates: [] }), `0102${FLAT}${count(0)}`);
    assert.equal(
      ewkb({ type: "MultiLineString", coordinates: [coordinates] }),
      `0105${FLAT}${count(1)}0102000000${points}`,
    );
  });

  it("multi points, whose parts have no SRID", () => {
    const coordinates = [
      [0, 0, 1],
      [2, 0, 3],
    ];
    assert.equal(
      ewkb({ type: "MultiPoint", coordinates }),
      `0104${Z}${count(2)}0101000080${zero}${zero}${one}0101000080${two}${zero}${three}`,
    );
  });

  it("polygons", () => {
    const corners = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ];
    const ring = count(4) + zero + zero + one + zero + one + one + zero + zero;
    const rings = count(2) + ring + ring;
    assert.equal(ewkb({ type: "Polygon", coordinates: [corners, corners] }), `0103${FLAT}${rings}`);
    assert.equal(ewkb({ type: "Polygon", coordinates: [] }), `0103${FLAT}${count(0)}`);
    assert.equal(
      ewkb({ type: "MultiPolygon", coordinates: [[corners, corners]] }),
      `0106${FLAT}${count(1)}0103000000${rings}`,
    );
  });

  it("collections, of which an empty member has the dimensions of the others", () => {
    const value: GeoJsonGeometry = {
      type: "GeometryCollection",
      geometries: [
        { type: "LineString", coordinates: [] },
        { type: "GeometryCollection", geometries: [{ type: "Point", coordinates: [1, 2, 3] }] },
      ],
    };
    const inner = `0107000080${count(1)}0101000080${one}${two}${three}`;
    assert.equal(ewkb(value), `0107${Z}${count(2)}0102000080${count(0)}${inner}`);
  });

  it("with the SRID that a crs names", () => {
    const crs = { type: "name", properties: { name: "urn:ogc:def:crs:EPSG::3857" } };
    const value = { type: "Point", coordinates: [1, 2], crs } as GeoJsonGeometry;
    assert.equal(ewkb(value), `0101000020110f0000${one}${two}`);
  });
});

describe("the parameters of PostGIS's types", () => {
  it("stand in their names as PostGIS prints them", () => {
    assert.equal(geometry().sql, "geometry");
    assert.equal(geometry("Geometry").sql, "geometry");
    assert.equal(geometry("Point").sql, "geometry(Point)");
    assert.equal(geometry("PointZM", 3857).sql, "geometry(PointZM,3857)");
    assert.equal(geometry("Geometry", 4326).name, 'geometry("Geometry", 4326)');
    assert.equal(geometry("PointZ").name, 'geometry("PointZ")');
    assert.equal(geography().sql, "geography");
    assert.equal(geography("Point").sql, "geography(Point,4326)");
    assert.equal(geography("Geometry").sql, "geography(Geometry,4326)");
  });

  it("are checked", () => {
    assert.throws(() => geometry("Dot" as "Point"), /takes a PostGIS geometry type, got "Dot"/);
    assert.throws(() => geometry("toString" as "Point"), RangeError);
    assert.throws(() => geometry("Point", -1), /takes 0 to 999999, got -1/);
    assert.throws(() => geometry("Point", 1.5), RangeError);
    assert.throws(() => geography("Point", 0), /takes 1 to 999999, got 0/);
    assert.throws(() => geography("TinZ"), /geography does not support the type TinZ/);
  });
});

import { geography, geometry, type GeometryValue } from "../../dist/codecs/postgis/geometry.js";
// Checked by the compiler: each line below @ts-expect-error must not compile.
import { table, type RowOf } from "../../dist/index.js";

/** Exactly the same type, optional keys included. */
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function isTrue(value: true): void {
  void value;
}

const places = table("places", {
  position: geometry("Point", 4326),
  area: geography().nullable(),
});
type Place = RowOf<typeof places>;
isTrue({} as Equal<Place, { position: GeometryValue; area?: GeometryValue | null | undefined }>);

export const rows: readonly Place[] = [
  { position: "0101000000000000000000F03F0000000000000040" },
  { position: Buffer.alloc(21), area: null },
  { position: { type: "Point", coordinates: [1, 2] } },
  { position: { type: "GeometryCollection", geometries: [] } },
  // @ts-expect-error a feature is no geometry
  { position: { type: "Feature", geometry: null } },
  // @ts-expect-error a line has positions
  { position: { type: "LineString", coordinates: [1, 2] } },
  // @ts-expect-error coordinates are numbers
  { position: { type: "Point", coordinates: ["1", "2"] } },
  // @ts-expect-error a point has coordinates
  { position: { type: "Point" } },
];

// @ts-expect-error there is no such type of geometry
export const wrong = geometry("Dot");

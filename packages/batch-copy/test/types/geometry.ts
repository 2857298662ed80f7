import { cube, type Cube } from "../../dist/codecs/extension/cube.js";
import {
  box,
  circle,
  line,
  lseg,
  point,
  type Circle,
} from "../../dist/codecs/geometry/geometric.js";
import { path, polygon, type Path } from "../../dist/codecs/geometry/path.js";
import type { Point } from "../../dist/codecs/geometry/point-bytes.js";
// Checked by the compiler: each line below @ts-expect-error must not compile.
import { table, type RowOf } from "../../dist/index.js";

/** Exactly the same type, optional keys included. */
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function isTrue(value: true): void {
  void value;
}

const shapes = table("shapes", {
  point,
  line,
  lseg,
  box,
  path,
  polygon,
  circle,
  cube: cube.nullable(),
});
type Shapes = RowOf<typeof shapes>;
isTrue({} as Equal<Shapes["point"], Point | string>);
isTrue({} as Equal<Shapes["path"], Path | string>);
isTrue({} as Equal<Shapes["circle"], Circle | string>);
isTrue({} as Equal<Shapes["cube"], Cube | string | null | undefined>);

const center = { x: 1, y: 2 };
export const row: Shapes = {
  point: "(1,2)",
  line: { a: 1, b: 2, c: 3 },
  lseg: [center, center],
  box: [center, { x: 3, y: 4 }],
  path: { points: [center], open: true },
  polygon: [center],
  circle: { center, radius: 1 },
  cube: [1, 2],
};
export const wrong: readonly Shapes[] = [
  // @ts-expect-error a point has two coordinates
  { ...row, point: { x: 1 } },
  // @ts-expect-error a line is no pair of points
  { ...row, line: [center, center] },
  // @ts-expect-error a line segment has two ends
  { ...row, lseg: [center] },
  // @ts-expect-error a box has two corners
  { ...row, box: [center, center, center] },
  // @ts-expect-error a path is open or closed
  { ...row, path: { points: [center] } },
  // @ts-expect-error coordinates are numbers
  { ...row, polygon: [{ x: 1n, y: 2n }] },
  // @ts-expect-error a circle has a radius
  { ...row, circle: { center } },
  // @ts-expect-error a cube has two corners
  { ...row, cube: { lower: [1] } },
];

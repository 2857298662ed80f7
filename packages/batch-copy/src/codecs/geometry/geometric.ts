import { columnType, type ColumnType } from "../column-type.js";
import { wrongKind } from "../describe-value.js";
import { parseCircle, parseLine, parsePoint, parsePoints } from "./geometric-text.js";
import { checkedPoint, readPoint, writePoint, type Point } from "./point-bytes.js";

/** The points for which `ax + by + c = 0`. */
export interface Line {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Two points: the end points of a line segment, or two opposite corners of a box. */
export type TwoPoints = readonly [Point, Point];

/**
 * The points at most `radius` away from the center, which is `center`, or `x` and `y` as in
 * node-postgres.
 */
export type Circle =
  | { readonly center: Point; readonly radius: number }
  | { readonly x: number; readonly y: number; readonly radius: number };

/** `point`: `{ x, y }`, or text, `"(1,2)"` or `"1,2"`. Decodes to `{ x, y }`. */
export const point: ColumnType<Point | string> = columnType<Point | string>("point", {
  encode(value, out) {
    writePoint(typeof value === "string" ? parsePoint(value) : value, out);
  },
  decode: readPoint,
});

/** The server treats numbers up to this as zero: `EPSILON` in src/include/utils/geo_decls.h. */
const EPSILON = 1e-6;

/**
 * `line`: `{ a, b, c }`, or text, `"{1,2,3}"`. `a` and `b` cannot both be zero, and the server
 * treats up to 0.000001 as zero (`line_recv`). Decodes to `{ a, b, c }`.
 */
export const line: ColumnType<Line | string> = columnType<Line | string>("line", {
  encode(value, out) {
    const { a, b, c } = typeof value === "string" ? parseLine(value) : checkedLine(value);
    if (Math.abs(a) <= EPSILON && Math.abs(b) <= EPSILON) {
      throw new RangeError("a and b of a line cannot both be zero");
    }
    out.float64(a);
    out.float64(b);
    out.float64(c);
  },
  decode: (input) => ({ a: input.float64(), b: input.float64(), c: input.float64() }),
});

/**
 * `lseg`, a line segment: an array of its two end points, or text: `"[(1,2),(3,4)]"`,
 * `"((1,2),(3,4))"`, `"(1,2),(3,4)"` or `"1,2,3,4"`. Decodes to an array of its end points.
 */
export const lseg: ColumnType<TwoPoints | string> = columnType<TwoPoints | string>("lseg", {
  hasArrayValues: true,
  encode(value, out) {
    const [start, end] = twoPoints(value, "line segment", true);
    writePoint(start, out);
    writePoint(end, out);
  },
  decode: (input) => [readPoint(input), readPoint(input)],
});

/**
 * `box`: an array of two opposite corners, or text: `"(3,4),(1,2)"`, `"((3,4),(1,2))"` or
 * `"3,4,1,2"`. The server stores the upper right and the lower left corner (`box_recv`), to which
 * it also decodes.
 */
export const box: ColumnType<TwoPoints | string> = columnType<TwoPoints | string>("box", {
  hasArrayValues: true,
  encode(value, out) {
    const [first, second] = twoPoints(value, "box", false);
    const { x: x1, y: y1 } = checkedPoint(first);
    const { x: x2, y: y2 } = checkedPoint(second);
    const isLeft = isBelow(x1, x2);
    const isLower = isBelow(y1, y2);
    out.float64(isLeft ? x2 : x1);
    out.float64(isLower ? y2 : y1);
    out.float64(isLeft ? x1 : x2);
    out.float64(isLower ? y1 : y2);
  },
  decode: (input) => [readPoint(input), readPoint(input)],
});

/**
 * `circle`: `{ center, radius }`, `{ x, y, radius }` as node-postgres reads it, or text:
 * `"<(1,2),3>"`, `"((1,2),3)"`, `"(1,2),3"` or `"1,2,3"`. The radius cannot be negative. Decodes to
 * `{ center, radius }`.
 */
export const circle: ColumnType<Circle | string> = columnType<Circle | string>("circle", {
  encode(value, out) {
    const parsed = typeof value === "string" ? parseCircle(value) : value;
    const { radius } = parsed;
    if (typeof radius !== "number") {
      throw wrongKind("a circle { center, radius }", value);
    }
    if (radius < 0) {
      throw new RangeError(`the radius of a circle cannot be negative, got ${radius}`);
    }
    writePoint("center" in parsed ? parsed.center : parsed, out);
    out.float64(radius);
  },
  decode: (input) => ({ center: readPoint(input), radius: input.float64() }),
});

function checkedLine(value: Line): Line {
  const { a, b, c } = value;
  if (typeof a !== "number" || typeof b !== "number" || typeof c !== "number") {
    throw wrongKind("a line { a, b, c } of numbers", value);
  }
  return value;
}

function twoPoints(value: TwoPoints | string, type: string, takesBrackets: boolean): TwoPoints {
  const points = typeof value === "string" ? parsePoints(value, type, takesBrackets).points : value;
  if (!Array.isArray(points)) {
    throw wrongKind("an array of two points", value);
  }
  if (points.length !== 2) {
    throw new RangeError(`a ${type} must have two points, got ${points.length}`);
  }
  return points as unknown as TwoPoints;
}

/** As `float8_lt` in src/include/utils/float.h: NaN is above all else. */
function isBelow(a: number, b: number): boolean {
  return a < b || (a === a && b !== b);
}

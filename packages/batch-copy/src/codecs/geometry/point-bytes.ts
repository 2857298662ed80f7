import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { wrongKind } from "../describe-value.js";

/** A point of the plane; NaN and the infinities are coordinates too. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The value, if it is a point. */
export function checkedPoint(value: Point): Point {
  if (typeof value !== "object" || value === null) {
    throw wrongKind("a point { x, y }", value);
  }
  const { x, y } = value;
  if (typeof x !== "number" || typeof y !== "number") {
    throw wrongKind("a number as a coordinate", typeof x === "number" ? y : x);
  }
  return value;
}

/** Writes a point, or refuses what is none. */
export function writePoint(value: Point, out: ByteWriter): void {
  const { x, y } = checkedPoint(value);
  out.float64(x);
  out.float64(y);
}

/** Reads a point that {@link writePoint} wrote. */
export function readPoint(input: ByteReader): Point {
  return { x: input.float64(), y: input.float64() };
}

/** Writes how many points there are, one at least, and the points. */
export function writePoints(points: readonly Point[], out: ByteWriter): void {
  if (!Array.isArray(points)) {
    throw wrongKind("an array of points", points);
  }
  if (points.length === 0) {
    throw new RangeError("the array must have at least one point");
  }
  out.int32(points.length);
  for (const point of points as readonly Point[]) {
    writePoint(point, out);
  }
}

/** Reads points that {@link writePoints} wrote. */
export function readPoints(input: ByteReader): Point[] {
  const points: Point[] = [];
  for (let left = input.int32(); left > 0; left--) {
    points.push(readPoint(input));
  }
  return points;
}

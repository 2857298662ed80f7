import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { wrongKind } from "../describe-value.js";

/** A point in the plane. Coordinates may be NaN or infinite. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The value if it is a point, or the error. */
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

/** Writes a point, or throws the error for any other value. */
export function writePoint(value: Point, out: ByteWriter): void {
  const { x, y } = checkedPoint(value);
  out.float64(x);
  out.float64(y);
}

/** Reads a point written by {@link writePoint}. */
export function readPoint(input: ByteReader): Point {
  return { x: input.float64(), y: input.float64() };
}

/** Writes the number of points, at least one, and the points. */
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

/** Reads points written by {@link writePoints}. */
export function readPoints(input: ByteReader): Point[] {
  const points: Point[] = [];
  for (let left = input.int32(); left > 0; left--) {
    points.push(readPoint(input));
  }
  return points;
}

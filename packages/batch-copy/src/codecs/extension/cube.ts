import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { wrongKind } from "../describe-value.js";
import { parseFloat64 } from "../number/float-text.js";
import { TextScanner } from "../text-form/text-scanner.js";

/** Two opposite corners with the same number of coordinates. */
export interface CubeCorners {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/** A cube: its two corners, or the coordinates of a point. */
export type Cube = CubeCorners | readonly number[];

/** `CUBE_MAX_DIM`, `POINT_BIT` and `DIM_MASK` in contrib/cube/cubedata.h. */
const MAX_DIMENSIONS = 100;
const POINT_BIT = 0x8000_0000 | 0;
const DIMENSIONS_MASK = 0x7fff_ffff;

/**
 * `cube` of the extension cube: `{ lower, upper }`, an array of numbers for a point, or text:
 * `"(1,2),(3,4)"`, `"[(1,2),(3,4)]"`, `"(1,2)"` or `"1,2"`, with at most 100 dimensions. It needs
 * PostgreSQL 14, because it has no binary format in PostgreSQL 13. Decodes to `{ lower, upper }` in
 * the same order, or to an array if both corners are the same.
 */
export const cube: ColumnType<Cube | string> = columnType<Cube | string>("cube", {
  hasArrayValues: true,
  encode(value, out) {
    writeCube(typeof value === "string" ? parseCube(value) : value, out);
  },
  decode(input) {
    const header = input.int32();
    const dimensions = header & DIMENSIONS_MASK;
    const read = (): number[] => {
      const coordinates: number[] = [];
      for (let i = 0; i < dimensions; i++) {
        coordinates.push(input.float64());
      }
      return coordinates;
    };
    return header < 0 ? read() : { lower: read(), upper: read() };
  },
});

function writeCube(value: Cube, out: ByteWriter): void {
  if (isPoint(value)) {
    checkDimensions(value);
    out.int32(value.length | POINT_BIT);
    writeCoordinates(value, out);
    return;
  }
  const { lower, upper } = value;
  if (!Array.isArray(lower) || !Array.isArray(upper)) {
    throw wrongKind("a cube { lower, upper } or an array of numbers", value);
  }
  checkDimensions(lower);
  if (lower.length !== upper.length) {
    throw new RangeError(
      `the corners of a cube must have the same number of coordinates, got ${lower.length} and ${upper.length}`,
    );
  }
  const areSame = areEqual(lower, upper);
  out.int32(areSame ? lower.length | POINT_BIT : lower.length);
  writeCoordinates(lower, out);
  if (!areSame) {
    writeCoordinates(upper, out);
  }
}

function isPoint(value: Cube): value is readonly number[] {
  return Array.isArray(value);
}

function checkDimensions(corner: readonly number[]): void {
  if (corner.length > MAX_DIMENSIONS) {
    throw new RangeError(`a cube has at most ${MAX_DIMENSIONS} dimensions, got ${corner.length}`);
  }
}

/** Whether `cube_in` would store the corners as a point: it compares as C does. */
function areEqual(lower: readonly number[], upper: readonly number[]): boolean {
  return lower.every((coordinate, i) => coordinate === upper[i]);
}

function writeCoordinates(coordinates: readonly number[], out: ByteWriter): void {
  for (const coordinate of coordinates) {
    if (typeof coordinate !== "number") {
      throw wrongKind("a number as a coordinate", coordinate);
    }
    out.float64(coordinate);
  }
}

/** Reads the forms of contrib/cube/cubeparse.y. */
function parseCube(text: string): Cube {
  const scanner = new TextScanner(text, "cube");
  const inBrackets = scanner.take("[");
  const inParentheses = inBrackets || scanner.next === "(";
  const lower = inParentheses ? readCorner(scanner) : readCoordinates(scanner);
  let upper: number[] | undefined;
  if (inParentheses && (inBrackets || scanner.next === ",")) {
    scanner.expect(",");
    upper = readCorner(scanner);
  }
  if (inBrackets) {
    scanner.expect("]");
  }
  scanner.expectEnd();
  return upper === undefined ? lower : { lower, upper };
}

function readCorner(scanner: TextScanner): number[] {
  scanner.expect("(");
  const coordinates = scanner.next === ")" ? [] : readCoordinates(scanner);
  scanner.expect(")");
  return coordinates;
}

function readCoordinates(scanner: TextScanner): number[] {
  const coordinates: number[] = [];
  do {
    coordinates.push(parseFloat64(scanner.number()));
  } while (scanner.take(","));
  return coordinates;
}

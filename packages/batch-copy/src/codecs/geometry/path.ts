import { columnType, type ColumnType } from "../column-type.js";
import { wrongKind } from "../describe-value.js";
import { parsePoints } from "./geometric-text.js";
import { readPoints, writePoints, type Point } from "./point-bytes.js";

/** Connected points. In a closed path the last point is connected to the first. */
export interface Path {
  readonly points: readonly Point[];
  readonly open: boolean;
}

/**
 * `path`: `{ points, open }`, or text: an open path in brackets, `"[(1,2),(3,4)]"`, a closed path
 * without, `"((1,2),(3,4))"`, `"(1,2),(3,4)"` or `"1,2,3,4"`. It has at least one point. Decodes to
 * `{ points, open }`.
 */
export const path: ColumnType<Path | string> = columnType<Path | string>("path", {
  encode(value, out) {
    const { points, open } = typeof value === "string" ? parsePoints(value, "path", true) : value;
    if (typeof open !== "boolean") {
      throw wrongKind("a path { points, open }", value);
    }
    out.int8(open ? 0 : 1);
    writePoints(points, out);
  },
  decode(input) {
    const open = input.int8() === 0;
    return { points: readPoints(input), open };
  },
});

/**
 * `polygon`: an array of its corners, at least one, or text: `"((1,2),(3,4),(5,0))"`,
 * `"(1,2),(3,4),(5,0)"` or `"1,2,3,4,5,0"`. Decodes to an array.
 */
export const polygon: ColumnType<readonly Point[] | string> = columnType<readonly Point[] | string>(
  "polygon",
  {
    hasArrayValues: true,
    encode(value, out) {
      writePoints(
        typeof value === "string" ? parsePoints(value, "polygon", false).points : value,
        out,
      );
    },
    decode: readPoints,
  },
);

import fc from "fast-check";

import { box, circle, line, lseg, point } from "../../../../dist/codecs/geometry/geometric.js";
import { path, polygon } from "../../../../dist/codecs/geometry/path.js";
import { nonRecords } from "../../non-records.js";
import type { TypeSamples } from "../../type-sample.js";

/** A number as the server prints it, or as a user may write it. */
function number(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

type Pair = readonly [x: number, y: number];
type Generated = readonly [value: unknown, literal: string];

const doubles = fc.oneof(fc.double(), fc.integer({ min: -10, max: 10 }));
const pairs: fc.Arbitrary<Pair> = fc.tuple(doubles, doubles);
const twoPairs = fc.tuple(pairs, pairs);
const manyPairs = fc.array(pairs, { minLength: 1, maxLength: 8 });
/** The object form half of the time, else the literal itself. */
const asText = fc.boolean();
const spaces = fc.constantFrom("", "", " ", "\t\n ");

const bare = ([x, y]: Pair): string => `${number(x)},${number(y)}`;
const inParentheses = (pair: Pair): string => `(${bare(pair)})`;
const joined = (points: readonly Pair[]): string => points.map(inParentheses).join(",");
const joinedBare = (points: readonly Pair[]): string => points.map(bare).join(",");
const toPoint = ([x, y]: Pair): { x: number; y: number } => ({ x, y });

/** Puts space around every sign of punctuation. */
function spread(text: string, space: string): string {
  return space === "" ? text : text.replaceAll(/[^\w.+-]/g, `${space}$&${space}`);
}

function generated<Value>(
  values: fc.Arbitrary<Value>,
  toObject: (value: Value) => unknown,
  forms: readonly ((value: Value) => string)[],
): fc.Arbitrary<Generated> {
  return fc
    .tuple(values, asText, fc.constantFrom(...forms), spaces)
    .map(([value, isText, form, space]) => {
      const literal = spread(form(value), space);
      return [isText ? literal : toObject(value), literal];
    });
}

const origin = { x: 0, y: 0 };
const oneTwo = { x: 1, y: 2 };
const threeFour = { x: 3, y: 4 };
const long = "1".repeat(1_000_000);

export const geometricSamples: readonly TypeSamples[] = [
  {
    type: point,
    accepted: [
      [oneTwo, "(1,2)"],
      [{ x: -0, y: 5e-324 }, "(-0,5e-324)"],
      [{ x: Number.NaN, y: Infinity }, "(NaN,Infinity)"],
      [{ x: -Infinity, y: Number.MAX_VALUE }, "(-Infinity,1.7976931348623157e+308)"],
      ["(1,2)", "(1,2)", oneTwo],
      ["1,2", "1,2", oneTwo],
      [" ( 1. , +.2e1 )\n", " ( 1. , +.2e1 )\n", oneTwo],
      ["(NAN,-inf)", "(NAN,-inf)", { x: Number.NaN, y: -Infinity }],
      ["(+Infinity,1E+2)", "(+Infinity,1E+2)", { x: Infinity, y: 100 }],
      ["(0e400,-0.0e-999)", "(0e400,-0.0e-999)", { x: 0, y: -0 }],
    ],
    refused: [
      ["(1,2", /"\(1,2" is not a valid point/],
      ["1,2)", /is not a valid point/],
      ["((1,2))", /is not a valid point/],
      ["(1 2)", /is not a valid point/],
      ["(1,2,3)", /is not a valid point/],
      ["(1,)", /is not a valid point/],
      ["", /is not a valid point/],
      ["(0x10,2)", /is not a valid point/],
      ["(1e,2)", /is not a valid point/],
      ["(1_0,2)", /is not a valid point/],
      ["(+nan,2)", /is not a valid point/],
      ["(1e999,2)", /"1e999" is out of range for double precision/],
      ["(1e-999,2)", /"1e-999" is out of range for double precision/],
      [`(${long},2)`, /out of range/],
      [long, /out of range for double precision/],
      ["x".repeat(1_000_000), /is not a valid point/],
      [" ".repeat(1_000_000), /is not a valid point/],
      [{ x: 1 }, /expected a number as a coordinate, got undefined/],
      [{ x: "1", y: 2 }, /expected a number as a coordinate, got "1"/],
      [[1, 2], /expected a number as a coordinate/],
      [12, /expected a point \{ x, y \}, got 12/],
      ...Object.values(nonRecords).map(
        (value) => [value, /expected a number as a coordinate/] as const,
      ),
    ],
    generated: generated(pairs, toPoint, [inParentheses, bare]),
  },
  {
    type: line,
    accepted: [
      [{ a: 1, b: 2, c: 3 }, "{1,2,3}"],
      [{ a: 0, b: -1, c: -0 }, "{0,-1,-0}"],
      [{ a: 0.000_001_1, b: 0, c: 0 }, "{0.0000011,0,0}"],
      [{ a: Number.NaN, b: 0, c: Infinity }, "{NaN,0,Infinity}"],
      [" { 1 , 2 , 3 } ", "{1,2,3}", { a: 1, b: 2, c: 3 }],
    ],
    refused: [
      [{ a: 0, b: 0, c: 1 }, /a and b of a line cannot both be zero/],
      [{ a: 0.000_001, b: -0.000_001, c: 1 }, /cannot both be zero/],
      ["{0,0,1}", /cannot both be zero/],
      ["(1,2),(3,4)", /is not a valid line \{a,b,c\}/],
      ["{1,2}", /is not a valid line/],
      ["{1,2,3,4}", /is not a valid line/],
      ["{1,2,3}}", /is not a valid line/],
      [{ a: 1, b: 2 }, /expected a line \{ a, b, c \} of numbers, got an object/],
      [7, /expected a line/],
    ],
    generated: generated(
      fc
        .tuple(doubles, doubles, doubles)
        .filter(([a, b]) => !(Math.abs(a) <= 1e-6 && Math.abs(b) <= 1e-6)),
      ([a, b, c]) => ({ a, b, c }),
      [(values) => `{${values.map(number).join(",")}}`],
    ),
  },
  {
    type: lseg,
    accepted: [
      [[oneTwo, threeFour], "[(1,2),(3,4)]"],
      [[threeFour, threeFour], "[(3,4),(3,4)]"],
      ["[(1,2),(3,4)]", "[(1,2),(3,4)]", [oneTwo, threeFour]],
      ["((1,2),(3,4))", "((1,2),(3,4))", [oneTwo, threeFour]],
      ["(1,2),(3,4)", "(1,2),(3,4)", [oneTwo, threeFour]],
      ["(1,2,3,4)", "(1,2,3,4)", [oneTwo, threeFour]],
      ["1,2,3,4", "1,2,3,4", [oneTwo, threeFour]],
      ["[1,2,3,4]", "[1,2,3,4]", [oneTwo, threeFour]],
    ],
    refused: [
      ["[(1,2)]", /a line segment must have two points, got 1/],
      ["[(1,2),(3,4),(5,6)]", /got 3/],
      ["[(1,2),(3,4))", /is not a valid line segment/],
      ["((1,2),(3,4)]", /is not a valid line segment/],
      ["[(1,2),(3,4)", /is not a valid line segment/],
      ["[((1,2),(3,4))]", /is not a valid line segment/],
      ["[(1,2,3,4)]", /is not a valid line segment/],
      ["((1,2,3,4))", /is not a valid line segment/],
      ["(1,2),3,4", /is not a valid line segment/],
      ["1,2,(3,4)", /is not a valid line segment/],
      ["(1,2),(3,4),", /is not a valid line segment/],
      ["1,2,3", /is not a valid line segment/],
      [[oneTwo], /two points, got 1/],
      [[oneTwo, "(3,4)"], /expected a point/],
      [oneTwo, /expected an array of two points, got an object/],
    ],
    generated: generated(twoPairs, (ends) => ends.map(toPoint), [
      (ends) => `[${joined(ends)}]`,
      (ends) => `[${joinedBare(ends)}]`,
      (ends) => `(${joined(ends)})`,
      (ends) => `(${joinedBare(ends)})`,
      joined,
      joinedBare,
    ]),
  },
  {
    type: box,
    accepted: [
      [[threeFour, oneTwo], "(3,4),(1,2)"],
      [[oneTwo, threeFour], "(1,2),(3,4)", [threeFour, oneTwo]],
      [
        [
          { x: 1, y: 4 },
          { x: 3, y: 2 },
        ],
        "(1,4),(3,2)",
        [threeFour, oneTwo],
      ],
      [
        [origin, { x: Number.NaN, y: -0 }],
        "(0,0),(NaN,-0)",
        [
          { x: Number.NaN, y: 0 },
          { x: 0, y: -0 },
        ],
      ],
      ["((1,2),(3,4))", "((1,2),(3,4))", [threeFour, oneTwo]],
      ["(1,2,3,4)", "(1,2,3,4)", [threeFour, oneTwo]],
      ["1,2,3,4", "1,2,3,4", [threeFour, oneTwo]],
    ],
    refused: [
      ["[(1,2),(3,4)]", /is not a valid box/],
      ["(1,2)", /a box must have two points, got 1/],
      [[oneTwo, null], /expected a point \{ x, y \}, got null/],
      [{ high: oneTwo, low: origin }, /expected an array of two points/],
    ],
    generated: generated(twoPairs, (corners) => corners.map(toPoint), [
      joined,
      joinedBare,
      (corners) => `(${joined(corners)})`,
      (corners) => `(${joinedBare(corners)})`,
    ]),
  },
  {
    type: path,
    accepted: [
      [{ points: [oneTwo], open: false }, "((1,2))"],
      [{ points: [oneTwo], open: true }, "[(1,2)]"],
      [{ points: [oneTwo, threeFour, origin], open: true }, "[(1,2),(3,4),(0,0)]"],
      [{ points: [oneTwo, threeFour, origin], open: false }, "((1,2),(3,4),(0,0))"],
      ["(1,2)", "(1,2)", { points: [oneTwo], open: false }],
      ["1,2", "1,2", { points: [oneTwo], open: false }],
      ["[1,2,3,4]", "[1,2,3,4]", { points: [oneTwo, threeFour], open: true }],
      ["(1,2,3,4)", "(1,2,3,4)", { points: [oneTwo, threeFour], open: false }],
    ],
    refused: [
      [{ points: [], open: true }, /at least one point/],
      [{ points: [oneTwo] }, /expected a path \{ points, open \}/],
      [{ points: oneTwo, open: true }, /expected an array of points, got an object/],
      [{ points: [oneTwo, [3, 4]], open: true }, /expected a number as a coordinate/],
      ["", /is not a valid path/],
      ["()", /is not a valid path/],
      ["[]", /is not a valid path/],
      ["[(1,2)", /is not a valid path/],
      ["(".repeat(1_000_000), /is not a valid path/],
      [[oneTwo], /expected a path/],
      [true, /expected a path/],
    ],
    generated: fc.oneof(
      generated(manyPairs, (points) => ({ points: points.map(toPoint), open: true }), [
        (points) => `[${joined(points)}]`,
        (points) => `[${joinedBare(points)}]`,
      ]),
      generated(manyPairs, (points) => ({ points: points.map(toPoint), open: false }), [
        (points) => `(${joined(points)})`,
        (points) => `(${joinedBare(points)})`,
        joined,
        joinedBare,
      ]),
    ),
  },
  {
    type: polygon,
    accepted: [
      [[oneTwo], "((1,2))"],
      [[oneTwo, threeFour, origin], "((1,2),(3,4),(0,0))"],
      [[{ x: Number.NaN, y: -Infinity }, origin], "((NaN,-Infinity),(0,0))"],
      ["(1,2),(3,4)", "(1,2),(3,4)", [oneTwo, threeFour]],
      ["(1,2,3,4)", "(1,2,3,4)", [oneTwo, threeFour]],
      ["1,2,3,4", "1,2,3,4", [oneTwo, threeFour]],
    ],
    refused: [
      [[], /at least one point/],
      ["[(1,2),(3,4)]", /is not a valid polygon/],
      ["((1,2),(3,4)", /is not a valid polygon/],
      ["1,2,3", /is not a valid polygon/],
      [oneTwo, /expected an array of points/],
    ],
    generated: generated(manyPairs, (points) => points.map(toPoint), [
      (points) => `(${joined(points)})`,
      (points) => `(${joinedBare(points)})`,
      joined,
      joinedBare,
    ]),
  },
  {
    type: circle,
    accepted: [
      [{ center: oneTwo, radius: 3 }, "<(1,2),3>"],
      [{ center: oneTwo, radius: 0 }, "<(1,2),0>"],
      [{ center: oneTwo, radius: -0 }, "<(1,2),-0>"],
      [{ center: oneTwo, radius: Number.NaN }, "<(1,2),NaN>"],
      [{ center: oneTwo, radius: Infinity }, "<(1,2),Infinity>"],
      [{ ...oneTwo, radius: 3 }, "<(1,2),3>", { center: oneTwo, radius: 3 }],
      ["<(1,2),3>", "<(1,2),3>", { center: oneTwo, radius: 3 }],
      ["((1,2),3)", "((1,2),3)", { center: oneTwo, radius: 3 }],
      ["(1,2),3", "(1,2),3", { center: oneTwo, radius: 3 }],
      ["1,2,3", "1,2,3", { center: oneTwo, radius: 3 }],
    ],
    refused: [
      [{ center: oneTwo, radius: -1 }, /radius of a circle cannot be negative, got -1/],
      ["<(1,2),-1>", /cannot be negative/],
      ["<(1,2),3", /is not a valid circle/],
      ["<(1,2),3)", /is not a valid circle/],
      ["((1,2),3>", /is not a valid circle/],
      ["(1,2,3)", /is not a valid circle/],
      ["(1,2)", /is not a valid circle/],
      [{ center: [1, 2], radius: 1 }, /expected a number as a coordinate/],
      [{ center: oneTwo }, /expected a circle \{ center, radius \}/],
      [{ x: 1, radius: 1 }, /expected a number as a coordinate, got undefined/],
      [{ radius: 1 }, /expected a number as a coordinate/],
      ...Object.values(nonRecords).map((value) => [value, /expected a circle/] as const),
      [5, /expected a circle/],
    ],
    generated: generated(
      fc.tuple(
        pairs,
        doubles.map((radius) => (radius < 0 ? -radius : radius)),
      ),
      ([center, radius]) => ({ center: toPoint(center), radius }),
      [
        ([center, radius]) => `<${inParentheses(center)},${number(radius)}>`,
        ([center, radius]) => `(${inParentheses(center)},${number(radius)})`,
        ([center, radius]) => `${inParentheses(center)},${number(radius)}`,
        ([center, radius]) => `${bare(center)},${number(radius)}`,
      ],
    ),
  },
];

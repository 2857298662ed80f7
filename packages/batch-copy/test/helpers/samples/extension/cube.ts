import fc from "fast-check";

import { cube } from "../../../../dist/codecs/extension/cube.js";
import type { TypeSamples } from "../../type-sample.js";

const hundred = Array.from({ length: 100 }, (_, i) => i);

function corner(coordinates: readonly number[]): string {
  return `(${coordinates.map((value) => (Object.is(value, -0) ? "-0" : String(value))).join(", ")})`;
}

const doubles = fc.oneof(fc.double(), fc.integer({ min: -2, max: 2 }));

const points = fc
  .tuple(fc.array(doubles, { minLength: 1, maxLength: 6 }), fc.boolean(), fc.boolean())
  .map(([coordinates, isText, isBare]) => {
    const literal = isBare ? corner(coordinates).slice(1, -1) : corner(coordinates);
    return [isText ? literal : coordinates, literal] as const;
  });

const cubes = fc
  .tuple(
    fc.array(fc.tuple(doubles, doubles), { minLength: 1, maxLength: 6 }),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([coordinates, isText, inBrackets]) => {
    const lower = coordinates.map(([value]) => value);
    const upper = coordinates.map(([, value]) => value);
    const corners = `${corner(lower)},${corner(upper)}`;
    const literal = inBrackets ? `[${corners}]` : corners;
    return [isText ? literal : { lower, upper }, literal] as const;
  });

export const cubeSamples: readonly TypeSamples[] = [
  {
    type: cube,
    extension: "cube",
    // Its binary form came with version 1.5 of the extension.
    since: 14,
    accepted: [
      [[1], "(1)"],
      [[1, 2, 3], "(1,2,3)"],
      [hundred, corner(hundred)],
      [[Number.NaN, Infinity, -Infinity, -0], "(NaN,Infinity,-Infinity,-0)"],
      [{ lower: [1, 2], upper: [3, 4] }, "(1,2),(3,4)"],
      [{ lower: [3, 2], upper: [1, 4] }, "(3,2),(1,4)"],
      [{ lower: [1, 2], upper: [1, 2] }, "(1,2),(1,2)", [1, 2]],
      [{ lower: [-0], upper: [0] }, "(-0),(0)", [-0]],
      [{ lower: [Number.NaN], upper: [Number.NaN] }, "(NaN),(NaN)"],
      [
        { lower: hundred, upper: hundred.map((value) => -value) },
        `${corner(hundred)},${corner(hundred.map((value) => -value))}`,
      ],
      ["1", "1", [1]],
      ["1,2", "1,2", [1, 2]],
      ["(1,2)", "(1,2)", [1, 2]],
      ["(1, 2),(3, 4)", "(1, 2),(3, 4)", { lower: [1, 2], upper: [3, 4] }],
      [" [ ( 1 , 2 ) , ( 3 , 4 ) ] ", "[(1,2),(3,4)]", { lower: [1, 2], upper: [3, 4] }],
      ["(inf,nan)", "(inf,nan)", [Infinity, Number.NaN]],
      [[], "()"],
      ["()", "()", []],
      ["(),()", "(),()", []],
    ],
    refused: [
      [[...hundred, 100], /a cube has at most 100 dimensions, got 101/],
      [{ lower: [...hundred, 100], upper: [...hundred, 100] }, /at most 100 dimensions/],
      [{ lower: [1], upper: [1, 2] }, /the same number of coordinates, got 1 and 2/],
      ["(1),(1,2)", /the same number of coordinates/],
      [{ lower: [1] }, /expected a cube \{ lower, upper \} or an array of numbers/],
      [[1, "2"], /expected a number as a coordinate, got "2"/],
      ["", /is not a valid cube/],
      ["1,", /is not a valid cube/],
      ["(1", /is not a valid cube/],
      ["(1),(2),(3)", /is not a valid cube/],
      ["[(1)]", /is not a valid cube/],
      ["[(1),(2)", /is not a valid cube/],
      ["((1),(2))", /is not a valid cube/],
      ["1,2,(3)", /is not a valid cube/],
      ["(0x1)", /is not a valid cube/],
      ["1e999", /out of range for double precision/],
      ["(1,".repeat(300_000), /is not a valid cube/],
      [1, /expected a cube/],
    ],
    generated: fc.oneof(points, cubes),
  },
];

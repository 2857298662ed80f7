import fc from "fast-check";

import { bytea } from "../../../../dist/codecs/binary/bytea.js";
import type { TypeSamples } from "../../type-sample.js";

export const byteaSamples: readonly TypeSamples[] = [
  {
    type: bytea,
    generated: fc.uint8Array().map((value) => [value, `\\x${Buffer.from(value).toString("hex")}`]),
    accepted: [
      [Buffer.from([0, 1, 255]), "\\x0001ff"],
      [new Uint8Array([7, 8, 9]).subarray(1), "\\x0809", Buffer.from([8, 9])],
      [Buffer.alloc(0), ""],
      ["\\x00fF", "\\x00ff", Buffer.from([0, 255])],
      ["\\x", "", Buffer.alloc(0)],
    ],
    refused: [
      ["00ff", /the string "00ff" is no text of bytes/],
      ["\\X00", /is no text of bytes/],
      ["\\x0", /is no text of bytes/],
      ["\\x0g", /is no text of bytes/],
      [1, /expected a Uint8Array, got 1/],
      [new Uint16Array(1), /expected a Uint8Array, got a value of Uint16Array/],
      [new ArrayBuffer(1), /expected a Uint8Array/],
    ],
  },
];

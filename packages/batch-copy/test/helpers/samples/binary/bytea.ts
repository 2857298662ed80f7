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
      ["00ff", /"00ff" is not a valid bytea literal/],
      ["\\X00", /is not a valid bytea literal/],
      ["\\x0", /is not a valid bytea literal/],
      ["\\x0g", /is not a valid bytea literal/],
      [1, /expected a Uint8Array, got 1/],
      [new Uint16Array(1), /expected a Uint8Array, got an instance of Uint16Array/],
      [new ArrayBuffer(1), /expected a Uint8Array/],
    ],
  },
];

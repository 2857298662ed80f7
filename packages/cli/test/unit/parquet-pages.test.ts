import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";

import { dateText } from "../../dist/read/parquet/date-time-text.js";
import { readHybrid } from "../../dist/read/parquet/hybrid.js";
import { singleText } from "../../dist/read/parquet/number-text.js";
import { readPlainValues } from "../../dist/read/parquet/page.js";
import type { LeafNode } from "../../dist/read/parquet/schema.js";

describe("the hybrid of run lengths and bit packing", () => {
  it("is read in runs of any kind and width", () => {
    const runs = fc.array(
      fc.record({ isPacked: fc.boolean(), size: fc.integer({ min: 1, max: 9 }) }),
      { minLength: 1, maxLength: 6 },
    );
    const cases = fc.tuple(fc.integer({ min: 0, max: 31 }), runs, fc.nat());
    fc.assert(
      fc.property(cases, ([width, parts, seed]) => {
        const bytes: number[] = [];
        const values: number[] = [];
        for (const [i, { isPacked, size }] of parts.entries()) {
          const of = (n: number): number => ((seed + i * 7919 + n * 104_729) * 31) % 2 ** width;
          bytes.push((size << 1) | (isPacked ? 1 : 0));
          const group = Array.from({ length: isPacked ? size * 8 : size }, (_, n) =>
            of(isPacked ? n : 0),
          );
          values.push(...group);
          bytes.push(...(isPacked ? packed(group, width) : littleEndian(group[0]!, width)));
        }
        const out = new Int32Array(values.length);
        readHybrid(Uint8Array.from([99, ...bytes]), 1, bytes.length + 1, width, out);
        assert.deepEqual(Array.from(out), values);
      }),
    );
  });

  it("gives no more values than are wanted, and reads no further", () => {
    const out = new Int32Array(3);
    readHybrid(Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 0x0f, 7), 0, 6, 3, out);
    assert.deepEqual(Array.from(out), [7, 7, 7]);
    // One group of eight, of which a writer left the unused end out.
    readHybrid(Uint8Array.of(3, 0b00_011_010, 0), 0, 3, 3, out);
    assert.deepEqual(Array.from(out), [2, 3, 0]);
  });

  it("is refused if it ends early", () => {
    for (const bytes of [[], [0x80], [4], [3], [3, 1], [0x80, 0x80, 0x80, 0x80, 0x80, 0x01]]) {
      const file = Uint8Array.from([...bytes, 255, 255, 255, 255]);
      assert.throws(() => readHybrid(file, 0, bytes.length, 5, new Int32Array(8)), {
        message: "a page ends within its runs",
      });
    }
    assert.throws(() => readHybrid(Uint8Array.of(2, 0), 0, 2, 33, new Int32Array(1)), {
      message: "a width of 33 bits is not valid",
    });
  });
});

describe("the values of a page", () => {
  it("do not go on in the bytes that follow the page in memory", () => {
    for (const [type, bytes] of [
      ["INT64", 8],
      ["BYTE_ARRAY", 8],
    ] as const) {
      const memory = Uint8Array.of(4, 0, 0, 0, 1, 2, 3, 4, 4, 0, 0, 0, 5, 6, 7, 8);
      const view = new DataView(memory.buffer, 0, bytes);
      const leaf = { element: { type, name: "a" } } as unknown as LeafNode;
      assert.equal(readPlainValues({ view, offset: 0 }, 1, leaf).length, 1);
      const short = new DataView(memory.buffer, 0, bytes - 1);
      assert.throws(() => readPlainValues({ view: short, offset: 0 }, 1, leaf), {
        message: "a page ends within its values",
      });
    }
  });
});

describe("the texts of dates and numbers", () => {
  it("are those of Date around the first and the last day of each month from year 1 to 9999", () => {
    const instant = new Date(0);
    for (let month = 0; month < 9999 * 12; month++) {
      instant.setUTCFullYear(1, month, 1);
      const day = instant.getTime() / 86_400_000;
      assert.equal(dateText(day), instant.toISOString().slice(0, 10));
      if (month > 0) {
        instant.setUTCDate(0);
        assert.equal(dateText(day - 1), instant.toISOString().slice(0, 10));
      }
    }
  });

  it("stand for the same single-precision number, in nine digits or fewer", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (number) => {
        const text = singleText(number);
        assert.ok(Object.is(Math.fround(Number(text)), number), text);
        const digits = text
          .replace(/e.*/, "")
          .replace(/\D/g, "")
          .replace(/^0+|0+$/g, "");
        assert.ok(!Number.isFinite(number) || digits.length <= 9, text);
      }),
      { numRuns: 5000 },
    );
  });
});

/** Bits, the least significant of each value first. */
function packed(values: readonly number[], width: number): number[] {
  const bytes = Array.from({ length: (values.length * width) / 8 }, () => 0);
  for (const [i, value] of values.entries()) {
    for (let bit = 0; bit < width; bit++) {
      const place = i * width + bit;
      bytes[place >> 3]! |= (Math.floor(value / 2 ** bit) % 2) << (place & 7);
    }
  }
  return bytes;
}

function littleEndian(value: number, width: number): number[] {
  return Array.from({ length: Math.ceil(width / 8) }, (_, i) => Math.floor(value / 256 ** i) % 256);
}

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { ByteReader } from "../../dist/bytes/byte-reader.js";
import { fromHalfBits, toHalfBits } from "../../dist/codecs/pgvector/half-float.js";
import { sparsevec } from "../../dist/codecs/pgvector/sparse-vector.js";
import { halfvec, vector } from "../../dist/codecs/pgvector/vector.js";
import type { ColumnType } from "../../dist/index.js";
import { OpenWriter } from "../helpers/open-writer.js";

// pgvector does not come with the servers that the tests start. These bytes are written by hand from
// what its receive and send functions read and write: vector_recv in src/vector.c, halfvec_recv in
// src/halfvec.c and sparsevec_recv in src/sparsevec.c of version 0.8.

const description = {
  oid: 0,
  schema: "",
  name: "",
  sql: "",
  kind: "base",
  hasBinaryForm: true,
} as const;

function check(type: ColumnType<unknown>, value: unknown, parts: readonly string[]): void {
  const codec = type.codecFor(description);
  const out = new OpenWriter();
  codec.encode(value, out);
  assert.equal(out.hex, parts.join(""));
  const back = codec.decode(new ByteReader(Buffer.from(out.hex, "hex")));
  assert.deepEqual(back, value);
}

describe("the bytes of pgvector's types", () => {
  it("vector: dimensions, unused, float4 elements", () => {
    check(vector(), [1, -2.5], ["0002", "0000", "3f800000", "c0200000"]);
    check(vector(1), [-0], ["0001", "0000", "80000000"]);
  });

  it("halfvec: dimensions, unused, elements of 16 bits", () => {
    check(halfvec(), [1, -2.5, 65_504], ["0003", "0000", "3c00", "c100", "7bff"]);
    check(halfvec(3), [2 ** -24, 2 ** -14, -0], ["0003", "0000", "0001", "0400", "8000"]);
  });

  it("sparsevec: dimensions, count, unused, indices from 0, float4 values", () => {
    const header = ["00000005", "00000002", "00000000"];
    const entries = [
      [0, 1.5],
      [2, 2],
    ] as const;
    const [indices, values] = [
      ["00000000", "00000002"],
      ["3fc00000", "40000000"],
    ];
    check(sparsevec(), { dimensions: 5, entries }, [...header, ...indices, ...values]);
    check(sparsevec(7), { dimensions: 7, entries: [] }, ["00000007", "00000000", "00000000"]);
  });
});

describe("half precision", () => {
  it("keeps each of its finite numbers", () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      if ((bits & 0x7c00) !== 0x7c00) {
        assert.equal(toHalfBits(fromHalfBits(bits)), bits);
      }
    }
  });

  it("takes the nearer neighbour of what lies between two, and the even one of the middle", () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const low = fromHalfBits(bits);
      const high = fromHalfBits(bits + 1);
      const middle = (low + high) / 2;
      assert.equal(toHalfBits(middle), bits % 2 === 0 ? bits : bits + 1);
      assert.equal(toHalfBits(Math.fround(low + (high - low) * 0.49)), bits);
      assert.equal(toHalfBits(Math.fround(low + (high - low) * 0.51)), bits + 1);
      assert.equal(toHalfBits(-middle), 0x8000 | toHalfBits(middle));
    }
  });
});

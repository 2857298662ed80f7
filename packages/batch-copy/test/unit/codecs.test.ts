import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { ByteReader } from "../../dist/bytes/byte-reader.js";
import { readField, writeField, type Codec } from "../../dist/codecs/codec.js";
import { numeric, varchar } from "../../dist/index.js";
import { codecOf } from "../helpers/described.js";
import { OpenWriter } from "../helpers/open-writer.js";
import { allSamples } from "../helpers/samples/index.js";

function encode(codec: Codec<unknown>, value: unknown): Buffer {
  const out = new OpenWriter();
  writeField(codec, value, out);
  return out.written;
}

/** Types made of others take what they are from the catalog. */
const baseSamples = allSamples.filter(({ type }) => type.shape === undefined);

for (const { type, accepted, refused } of baseSamples) {
  describe(type.name, () => {
    it("decodes what it encoded, to a value that encodes to the same bytes", () => {
      for (const [value, , decoded = value] of accepted) {
        const bytes = encode(codecOf(type), value);
        const back = readField(codecOf(type), new ByteReader(bytes));
        assert.deepEqual(back, decoded);
        assert.deepEqual(encode(codecOf(type), back), bytes);
      }
    });

    it("refuses what the type cannot hold, with the reason", () => {
      for (const [value, reason] of refused) {
        assert.throws(() => encode(codecOf(type), value), reason);
      }
    });
  });
}

describe("type parameters", () => {
  it("are checked", () => {
    assert.throws(() => varchar(0), /varchar\(length\) takes 1 to 10485760, got 0/);
    assert.throws(() => varchar(1.5), RangeError);
    assert.throws(() => numeric(0), /takes 1 to 1000/);
    assert.throws(() => numeric(1001), RangeError);
    assert.throws(() => numeric(5, 0.5), RangeError);
    assert.throws(() => numeric(5, -1001), RangeError);
  });

  it("stand in the names", () => {
    assert.equal(varchar(255).sql, "character varying(255)");
    assert.equal(numeric(10, 2).name, "numeric(10, 2)");
    assert.equal(numeric(10).sql, "numeric(10,0)");
    assert.equal(numeric().sql, "numeric");
  });
});

describe("types of which a value may be an array", () => {
  it("say so, because an array of them cannot tell it from nesting", () => {
    for (const { type, accepted } of allSamples) {
      if (accepted.some(([value]) => Array.isArray(value))) {
        assert.ok(type.hasArrayValues, type.name);
      }
    }
  });
});

describe("a field", () => {
  it("is NULL by its length", () => {
    const bytes = encode(codecOf(varchar(1)), null);
    assert.deepEqual(bytes, Buffer.from([0xff, 0xff, 0xff, 0xff]));
    assert.equal(readField(codecOf(varchar(1)), new ByteReader(bytes)), null);
  });

  it("cannot be read past its end", () => {
    const reader = new ByteReader(Buffer.from([0, 0, 0, 9, 65]));
    assert.throws(() => readField(codecOf(varchar(9)), reader), /cannot read 9 bytes: 1 are left/);
  });
});

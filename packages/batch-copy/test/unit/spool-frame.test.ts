import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crc32 } from "node:zlib";

import {
  decodeFrameHeader,
  encodeFrameHeader,
  type FrameHeader,
  frameKey,
  isPayloadOf,
} from "../../dist/spool/frame.js";

const STREAM = "7d7a1b5e-2f0c-4c59-9f3a-0a4d4f4b8a11";
const KEY = frameKey(STREAM, 3);
const PAYLOAD = [Buffer.from("one "), Buffer.from("two")];
const FIELDS = { kind: "rows", form: 7, rows: 2, firstRow: 2 ** 45 + 1, synced: 2 ** 40 } as const;

function frameAt(position: number): { header: Buffer; found: FrameHeader | undefined } {
  const header = encodeFrameHeader(KEY, position, FIELDS, PAYLOAD);
  return { header, found: decodeFrameHeader(KEY, position, header) };
}

describe("a frame", () => {
  it("says what it was given", () => {
    const { found } = frameAt(1000);
    const { payloadCrc, ...fields } = found!;
    assert.deepEqual(fields, { ...FIELDS, bytes: 7 });
    assert.ok(payloadCrc > 0);
    assert.ok(isPayloadOf(found!, Buffer.concat(PAYLOAD), KEY, 1000));
    assert.ok(!isPayloadOf(found!, Buffer.from("one twO"), KEY, 1000));
  });

  it("is valid only at its place, in its segment and stream", () => {
    const { header, found } = frameAt(1000);
    assert.equal(decodeFrameHeader(KEY, 1001, header), undefined);
    assert.equal(decodeFrameHeader(frameKey(STREAM, 4), 1000, header), undefined);
    const other = frameKey(STREAM.replace(/.$/, "2"), 3);
    assert.deepEqual(other.marker, KEY.marker);
    assert.equal(decodeFrameHeader(other, 1000, header), undefined);
    assert.ok(!isPayloadOf(found!, Buffer.concat(PAYLOAD), KEY, 1001));
  });

  it("has a payload", () => {
    assert.throws(() => encodeFrameHeader(KEY, 0, FIELDS, [Buffer.alloc(0)]), RangeError);
    const { header } = frameAt(1000);
    header.writeUInt32LE(0, 8);
    header.writeUInt32LE(crc32(header.subarray(0, 40), (KEY.seed ^ 1000) >>> 0), 40);
    assert.equal(decodeFrameHeader(KEY, 1000, header), undefined);
  });

  it("is not valid if any bit of its header is another one", () => {
    const { header } = frameAt(1000);
    for (let bit = 0; bit < 8 * header.length; bit++) {
      header[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(decodeFrameHeader(KEY, 1000, header), undefined, `bit ${bit}`);
      header[bit >> 3]! ^= 1 << (bit & 7);
    }
    assert.notEqual(decodeFrameHeader(KEY, 1000, header), undefined);
  });
});

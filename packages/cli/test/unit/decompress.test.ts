import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";

import { decompress } from "../../dist/input/decompress.js";
import { FzstdInflater } from "../../dist/input/fzstd-inflater.js";
import { InputError } from "../../dist/input/input-error.js";
import { newFrameInflater, ZstdInflater } from "../../dist/input/zstd-inflater.js";
import { bytesOf, type ReadBytes } from "../helpers/bytes-of.js";
import { skipWithout } from "../helpers/has-command.js";
import { randomLines } from "../helpers/random-bytes.js";

const lines = randomLines(1_500_000);
const small = Buffer.from("one\ntwo\n");

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
  }
}

async function decompressed(method: "gzip" | "zstd", bytes: Uint8Array, size = 256 * 1024) {
  return bytesOf(decompress("f", method, inPieces(bytes, size)));
}

function assertRead({ bytes, error }: ReadBytes, expected: Buffer): void {
  assert.equal(error, undefined);
  assert.ok(bytes.equals(expected), `read ${bytes.length} bytes of ${expected.length}`);
}

function assertFailed({ error }: ReadBytes, message: RegExp): void {
  assert.ok(error instanceof InputError);
  assert.match(error.message, message);
}

function zstd(bytes: Buffer, ...options: string[]): Buffer {
  const { stdout, status } = spawnSync("zstd", ["-q", "-c", ...options], {
    input: bytes,
    maxBuffer: 1e8,
  });
  assert.equal(status, 0);
  return stdout;
}

/** A frame without data (RFC 8878, 3.1.2). */
const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

for (const method of ["gzip", "zstd"] as const) {
  const skip = method === "zstd" && skipWithout("zstd");
  const compress = method === "gzip" ? (bytes: Buffer) => gzipSync(bytes) : zstd;

  describe(`decompress() of ${method}`, { skip }, () => {
    for (const size of [1, 7, 1000, 256 * 1024]) {
      it(`reads any number of members in pieces of ${size} bytes`, async () => {
        const members = [small, Buffer.alloc(0), small, randomLines(20_000)];
        const file = Buffer.concat(members.map((member) => compress(member)));
        assertRead(await decompressed(method, file, size), Buffer.concat(members));
      });
    }

    it("reads a member that ends where a piece ends", async () => {
      const member = compress(small);
      const read = await decompressed(method, Buffer.concat([member, member]), member.length);
      assertRead(read, Buffer.concat([small, small]));
    });

    it("reads more than fits into its memory", async () => {
      assertRead(await decompressed(method, compress(lines)), lines);
    });

    it("reads what compresses very well", async () => {
      const zeros = Buffer.alloc(20_000_000);
      assertRead(await decompressed(method, compress(zeros)), zeros);
    });

    for (const missing of [1, 3, 5, 9]) {
      it(`reads all but the end of a file that lacks its last ${missing} bytes`, async () => {
        const file = compress(randomLines(100_000));
        const cut = file.subarray(0, -missing);
        const read = await decompressed(method, cut, 1000);
        assertFailed(
          read,
          new RegExp(`^f is incomplete: its ${method} data ends at byte ${cut.length} `),
        );
        // A checksum and a length are at the end.
        assert.ok(read.bytes.equals(randomLines(100_000).subarray(0, read.bytes.length)));
        assert.ok(read.bytes.length > (method === "gzip" ? 99_000 : -1));
      });
    }

    it("reads the members before one that is cut short", async () => {
      const member = compress(small);
      for (const length of [1, 3, 12, member.length - 1]) {
        const cut = Buffer.concat([member, member.subarray(0, length)]);
        const read = await decompressed(method, cut);
        assertFailed(read, /^f is incomplete: /);
        assert.equal(read.bytes.subarray(0, 8).toString(), "one\ntwo\n");
      }
    });

    it("says where other data follows, and reads what is before", async () => {
      const member = compress(small);
      for (const size of [1, member.length, 1000]) {
        const file = Buffer.concat([member, Buffer.from("not compressed at all")]);
        const read = await decompressed(method, file, size);
        assertFailed(
          read,
          new RegExp(`^f is not valid ${method} data (near its start|after byte \\d+): `),
        );
        assert.ok(size === 1000 || read.bytes.equals(small));
      }
    });

    it("says where data is damaged", async () => {
      const file = compress(lines);
      file.fill(0xff, file.length - 200_000, file.length - 199_000);
      const read = await decompressed(method, file);
      assertFailed(read, new RegExp(`^f is not valid ${method} data after byte \\d+: `));
      const [, at] = /after byte (\d+)/.exec(read.error?.message ?? "") ?? [];
      const distance = file.length - 200_000 - Number(at);
      assert.ok(distance < 150_000, `${distance} bytes before the damage`);
      assert.ok(read.bytes.length > 100_000);
      assert.ok(lines.subarray(0, 100_000).equals(read.bytes.subarray(0, 100_000)));
    });

    it("stops when the caller has enough", async () => {
      let pieces = 0;
      const file = compress(lines);
      const counted = async function* (): AsyncGenerator<Uint8Array> {
        for await (const piece of inPieces(file, 1000)) {
          pieces++;
          yield piece;
        }
      };
      for await (const chunk of decompress("f", method, counted())) {
        assert.ok(chunk.length > 0);
        break;
      }
      assert.ok(pieces < 300, `${pieces} pieces were read`);
    });
  });
}

describe("decompress() of gzip", () => {
  it("takes zeros after the data, with which blocks are filled", async () => {
    const file = gzipSync(small);
    for (const size of [1, file.length, 1000]) {
      const filled = Buffer.concat([file, Buffer.alloc(5000)]);
      assertRead(await decompressed("gzip", filled, size), small);
    }
  });

  it("refuses data after zeros", async () => {
    const file = Buffer.concat([gzipSync(small), Buffer.alloc(100), gzipSync(small)]);
    for (const size of [1, 50, 1000]) {
      assertFailed(
        await decompressed("gzip", file, size),
        /: other data follows the compressed data$/,
      );
    }
  });

  it("verifies the checksum", async () => {
    const file = gzipSync(small);
    file[file.length - 8]! ^= 1;
    assertFailed(
      await decompressed("gzip", file),
      /^f is not valid gzip data near its start: incorrect data check$/,
    );
  });

  it("refuses what is not compressed", async () => {
    assertFailed(
      await decompressed("gzip", small),
      /^f is not valid gzip data near its start: incorrect header check$/,
    );
  });
});

describe("decompress() of zstd", { skip: skipWithout("zstd") }, () => {
  it("passes over frames without data", async () => {
    const frame = zstd(small);
    const file = Buffer.concat([frame, skippable, frame, skippable]);
    for (const size of [1, 5, 1000]) {
      assertRead(await decompressed("zstd", file, size), Buffer.concat([small, small]));
    }
  });

  const forms: [name: string, file: () => Buffer, expected: Buffer][] = [
    ["without checksums", () => zstd(lines, "--no-check"), lines],
    ["of the highest level", () => zstd(lines, "-19"), lines],
    ["with long distances", () => zstd(lines, "--long=24"), lines],
    ["of what does not compress", () => zstd(zstd(lines)), zstd(lines)],
    ["of one byte many times", () => zstd(Buffer.alloc(300_000, 65)), Buffer.alloc(300_000, 65)],
    ["with its size", () => zstd(lines, `--stream-size=${lines.length}`), lines],
  ];
  for (const [name, file, expected] of forms) {
    it(`reads a file ${name}`, async () => {
      assertRead(await decompressed("zstd", file()), expected);
    });
  }

  for (const [name, newFrame] of [
    ["this version of Node", newFrameInflater],
    ["every version of Node", () => new FzstdInflater()],
  ] as const) {
    it(`works with the decompressor of ${name}`, async () => {
      const inflater = new ZstdInflater(newFrame);
      const read: Uint8Array[] = [];
      const file = Buffer.concat([zstd(lines), zstd(small)]);
      for await (const piece of inPieces(file, 10_000)) {
        await inflater.push(piece);
        read.push(...inflater.take());
      }
      await inflater.end();
      assert.equal(inflater.failure, undefined);
      assert.ok(Buffer.concat(read).equals(Buffer.concat([lines, small])));
    });

    for (const length of [0, 1, 3, 4, 7, 8, 31, 32, 33, 63, 64, 100_000]) {
      it(`verifies the checksum of ${length} bytes with the decompressor of ${name}`, async () => {
        const file = zstd(randomLines(length));
        for (const isDamaged of [false, true]) {
          file[file.length - 1]! ^= isDamaged ? 0x80 : 0;
          const inflater = new ZstdInflater(newFrame);
          await inflater.push(file.subarray(0, -2));
          await inflater.push(file.subarray(-2));
          await inflater.end();
          assert.equal(inflater.failure !== undefined, isDamaged);
        }
      });
    }
  }
});

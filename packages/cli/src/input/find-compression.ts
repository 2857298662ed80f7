import { InputError } from "./input-error.js";

/** How a file may be compressed. */
export type InputCompression = "gzip" | "zstd" | "none";

const BZIP2 = [0x42, 0x5a, 0x68, undefined, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
const XZ = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const ZIP = [0x50, 0x4b, 0x03, 0x04];
const LZ4 = [0x04, 0x22, 0x4d, 0x18];

/** How compressed files begin that cannot be read, with the programs that can. */
const FOREIGN = [
  { magic: BZIP2, method: "bzip2", command: "bzip2 -dc" },
  { magic: XZ, method: "xz", command: "xz -dc" },
  { magic: ZIP, method: "zip", command: "unzip -p" },
  { magic: LZ4, method: "lz4", command: "lz4 -dc" },
];

/**
 * Finds how a file is compressed by its first bytes: RFC 1952 for gzip, RFC 8878 for zstd.
 *
 * @throws InputError for a method that cannot be read.
 */
export function findCompression(name: string, start: Uint8Array): InputCompression {
  if (begins(start, [0x1f, 0x8b])) {
    return "gzip";
  }
  if (begins(start, [0x28, 0xb5, 0x2f, 0xfd])) {
    return "zstd";
  }
  const foreign = FOREIGN.find(({ magic }) => begins(start, magic));
  if (foreign !== undefined) {
    throw new InputError(
      `Cannot read ${name}: it is compressed with ${foreign.method}. ` +
        `Decompress it first: ${foreign.command} FILE | batch-copy load - …`,
    );
  }
  return "none";
}

function begins(start: Uint8Array, magic: readonly (number | undefined)[]): boolean {
  return (
    start.length >= magic.length &&
    magic.every((byte, index) => byte === undefined || byte === start[index])
  );
}

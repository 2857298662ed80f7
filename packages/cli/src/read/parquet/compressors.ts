import * as zlib from "node:zlib";

import type { Compressors } from "hyparquet";
import { compressors as portable } from "hyparquet-compressors";

type Inflate = (input: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

/** Node.js has zstd since 22.15 and 23.8. */
const nativeZstd = (zlib as { zstdDecompressSync?: Inflate }).zstdDecompressSync;

/** Those of Node.js, which are faster, and else those in JavaScript and WebAssembly. */
export const compressors: Compressors = {
  ...portable,
  GZIP: bounded(zlib.gunzipSync),
  BROTLI: bounded(zlib.brotliDecompressSync),
  ...(nativeZstd && { ZSTD: bounded(nativeZstd) }),
};

/** Inflates no more than the page claims to have. */
function bounded(inflate: Inflate): (input: Uint8Array, length: number) => Uint8Array {
  return (input, length) => inflate(input, { maxOutputLength: Math.max(1, length) });
}

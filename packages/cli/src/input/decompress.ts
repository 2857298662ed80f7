import { createGunzip } from "node:zlib";

import { CHUNK_BYTES } from "./chunk-pool.js";
import type { InputCompression } from "./find-compression.js";
import type { Inflater } from "./inflater.js";
import { InputError } from "./input-error.js";
import { StreamInflater } from "./stream-inflater.js";
import { newFrameInflater, ZstdInflater } from "./zstd-inflater.js";

/** Deflate makes at most 1032 bytes of one: a piece becomes no more than 32 MiB. */
const PIECE_BYTES = 32 * 1024;

/**
 * Decompresses the chunks of a file. What can be decompressed before damaged data, or before a file ends too
 * early, is yielded before the error. While a chunk is used, the next piece is decompressed.
 *
 * @param name the file, for messages
 * @throws InputError, which says at which byte of the compressed file
 */
export async function* decompress(
  name: string,
  compression: Exclude<InputCompression, "none">,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const inflater = compression === "gzip" ? gunzip() : new ZstdInflater(newFrameInflater);
  let offset = 0;
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        const piece = chunk.subarray(at, at + PIECE_BYTES);
        const earlier = inflater.take();
        const inflating = inflater.push(piece);
        yield* earlier;
        await inflating;
        if (inflater.failure !== undefined) {
          yield* inflater.take();
          throw damaged(name, compression, offset, inflater.failure);
        }
        offset += piece.length;
      }
    }
    await inflater.end();
    yield* inflater.take();
    if (inflater.failure !== undefined) {
      throw new InputError(
        `${name} is incomplete: its ${compression} data ends at byte ${offset} before its end`,
      );
    }
  } finally {
    inflater.close();
  }
}

function damaged(name: string, compression: string, offset: number, reason: string): InputError {
  const near = offset === 0 ? "near its start" : `after byte ${offset}`;
  return new InputError(`${name} is not valid ${compression} data ${near}: ${reason}`);
}

function gunzip(): Inflater {
  return new StreamInflater(createGunzip({ chunkSize: CHUNK_BYTES }));
}

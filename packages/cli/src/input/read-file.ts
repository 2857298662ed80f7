import { open, type FileHandle } from "node:fs/promises";

import type { ChunkPool } from "./chunk-pool.js";
import { inputErrorOf } from "./input-error.js";

/** The first bytes of a file, fewer than wanted only at its end. */
export async function readStart(path: string, wanted: number): Promise<Uint8Array> {
  const file = await openFile(path);
  try {
    return await readFully(path, file, 0, Buffer.allocUnsafeSlow(wanted));
  } finally {
    await file.close();
  }
}

/**
 * Reads a file from an offset to its end, in chunks of memory from a pool. While one is used, the next one
 * is read.
 *
 * @throws InputError
 */
export async function* readFile(
  path: string,
  from: number,
  pool: ChunkPool,
): AsyncGenerator<Uint8Array> {
  const file = await openFile(path);
  let next = readFully(path, file, from, pool.take());
  try {
    for (let offset = from; ;) {
      const chunk = await next;
      if (chunk.length === 0) {
        return;
      }
      offset += chunk.length;
      next = readFully(path, file, offset, pool.take());
      // It is awaited in the next round, or never, if the caller has enough.
      next.catch(() => {});
      yield chunk;
    }
  } finally {
    await next.catch(() => {});
    await file.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  return open(path).catch((error: unknown) => {
    throw inputErrorOf(path, error);
  });
}

/** A read may return less than there is, and 0 bytes only at the end. */
async function readFully(
  path: string,
  file: FileHandle,
  offset: number,
  chunk: Buffer,
): Promise<Uint8Array> {
  let length = 0;
  while (length < chunk.length) {
    const { bytesRead } = await file
      .read(chunk, length, chunk.length - length, offset + length)
      .catch((error: unknown) => {
        throw inputErrorOf(path, error);
      });
    if (bytesRead === 0) {
      break;
    }
    length += bytesRead;
  }
  return chunk.subarray(0, length);
}

import { open, type FileHandle } from "node:fs/promises";

import { inputErrorOf } from "./input-error.js";

/** The size of the chunks in which files are read, in bytes. */
export const CHUNK_BYTES = 256 * 1024;

/** The first bytes of a file, fewer than wanted only at its end. */
export async function readStart(path: string, wanted: number): Promise<Uint8Array> {
  const file = await openFile(path);
  try {
    return await readFully(path, file, 0, wanted);
  } finally {
    await file.close();
  }
}

/**
 * Reads a file from an offset to its end, in chunks of memory of their own. While one is used, the next
 * one is read.
 *
 * @throws InputError
 */
export async function* readFile(path: string, from: number): AsyncGenerator<Uint8Array> {
  const file = await openFile(path);
  let next = readFully(path, file, from, CHUNK_BYTES);
  try {
    for (let offset = from; ;) {
      const chunk = await next;
      if (chunk.length === 0) {
        return;
      }
      offset += chunk.length;
      next = readFully(path, file, offset, CHUNK_BYTES);
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
  wanted: number,
): Promise<Uint8Array> {
  const chunk = Buffer.allocUnsafeSlow(wanted);
  let length = 0;
  while (length < wanted) {
    const { bytesRead } = await file
      .read(chunk, length, wanted - length, offset + length)
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

import { stat } from "node:fs/promises";

import { ChunkPool } from "./chunk-pool.js";
import { decode } from "./decode.js";
import { decompress } from "./decompress.js";
import { findCompression, type InputCompression } from "./find-compression.js";
import { STDIN } from "./find-files.js";
import { findFormat, type InputFormat } from "./find-format.js";
import { InputError, inputErrorOf } from "./input-error.js";
import { Peekable } from "./peekable.js";
import { readFile, readStart } from "./read-file.js";
import { readPipe } from "./read-pipe.js";
import { skipBytes, tooShort } from "./skip-bytes.js";

/** How a file is read; what is undefined is found out. */
export interface InputOptions {
  readonly compression?: InputCompression | undefined;
  readonly format?: InputFormat | undefined;
  /** `iso-8859-1`, or the name of an encoding that TextDecoder knows; undefined: UTF-8. */
  readonly encoding?: string | undefined;
}

/** A file to load. Its bytes are decompressed, and UTF-8 if it is a text; so are all offsets. */
export interface Input {
  /** As it was given; `-` for stdin. */
  readonly path: string;
  /** How messages call it. */
  readonly name: string;
  readonly compression: InputCompression;
  readonly format: InputFormat;
  /** The first bytes, for what is found by content: at least 64 KiB, fewer if it has fewer, or is a pipe. */
  readonly start: Uint8Array;
  /** Whether `chunks()` can be called again, and from an offset. Not for stdin and named pipes. */
  readonly canReadAgain: boolean;
  /** The size on disk, compressed or not; undefined for what can be read only once. */
  readonly bytesTotal: number | undefined;
  /** How much of `bytesTotal` the last call of `chunks()` has read, with what is before `from`. */
  readonly bytesRead: number;
  /**
   * The bytes from an offset on, in chunks of memory of their own. A compressed file is decompressed from
   * its start.
   *
   * @throws InputError if the file cannot be read or decompressed, or ends before the offset. What is
   * before the damage is yielded first.
   */
  chunks(from: number): AsyncGenerator<Uint8Array>;
  /** Ends a wait for the next bytes of a pipe. The chunks then end, or throw, because they are cut off. */
  stop(): void;
  /** Takes back a chunk that nobody reads any more. */
  release(chunk: Uint8Array): void;
}

const START_BYTES = 64 * 1024;
const MAGIC_BYTES = 16;

/**
 * Opens a file, and finds out what it is.
 *
 * @param path of a file, or `-` for stdin
 * @throws InputError if it cannot be read, or is compressed by a method that cannot be read
 */
export async function openInput(path: string, options: InputOptions = {}): Promise<Input> {
  if (path === STDIN) {
    return openPipe(path, "stdin", options);
  }
  const found = await stat(path).catch((error: unknown) => {
    throw inputErrorOf(path, error);
  });
  return found.isFile() ? openFile(path, found.size, options) : openPipe(path, path, options);
}

async function openFile(path: string, size: number, options: InputOptions): Promise<Input> {
  const magic = await readStart(path, MAGIC_BYTES);
  const compression = options.compression ?? findCompression(path, magic);
  let bytesRead = 0;
  const pool = new ChunkPool();
  const isPlain = compression === "none" && options.encoding === undefined;
  const counted = async function* (from: number): AsyncGenerator<Uint8Array> {
    bytesRead = from;
    for await (const chunk of readFile(path, from, pool)) {
      bytesRead += chunk.length;
      yield chunk;
    }
  };
  const chunks = (from: number): AsyncGenerator<Uint8Array> =>
    isPlain
      ? plainChunks(path, from, counted(from))
      : skipBytes(path, from, textOf(path, compression, options.encoding, counted(0)));
  const start = await startOf(chunks(0));
  bytesRead = 0;
  const format = options.format ?? findFormat(path, start);
  refuseCompressedParquet(path, format, compression);
  return {
    path,
    name: path,
    compression,
    format,
    start,
    canReadAgain: true,
    bytesTotal: size,
    get bytesRead() {
      return bytesRead;
    },
    chunks,
    stop() {},
    release(chunk) {
      // Those of others are not ours.
      if (isPlain) {
        pool.release(chunk);
      }
    },
  };
}

/** A file that ends before the offset has no bytes from there on, as one that ends there. */
async function* plainChunks(
  path: string,
  from: number,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw inputErrorOf(path, error);
  });
  if (size < from) {
    throw tooShort(path, from, size);
  }
  yield* chunks;
}

async function openPipe(path: string, name: string, options: InputOptions): Promise<Input> {
  const stopping = new AbortController();
  const raw = new Peekable(readPipe(path, stopping.signal));
  const compression = options.compression ?? findCompression(name, await raw.peek(MAGIC_BYTES));
  let bytesRead = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of raw.rest()) {
      bytesRead += chunk.length;
      yield chunk;
    }
  };
  const texts = new Peekable(textOf(name, compression, options.encoding, counted()));
  const start = await texts.peek(START_BYTES);
  const format = options.format ?? findFormat(path, start);
  if (format === "parquet") {
    await texts.close();
    throw new InputError(`Cannot read Parquet from ${name}: its index is at its end. Load a file`);
  }
  let wasRead = false;
  return {
    path,
    name,
    compression,
    format,
    start,
    canReadAgain: false,
    bytesTotal: undefined,
    get bytesRead() {
      return bytesRead;
    },
    chunks(from) {
      if (wasRead || from !== 0) {
        throw new InputError(`${name} can be read only once, from its start`);
      }
      wasRead = true;
      return texts.rest();
    },
    stop: () => stopping.abort(),
    release() {},
  };
}

async function* textOf(
  name: string,
  compression: InputCompression,
  encoding: string | undefined,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const inflated = compression === "none" ? chunks : decompress(name, compression, chunks);
  yield* encoding === undefined ? inflated : decode(name, encoding, inflated);
}

/** What can be read of the start. Damage there is an error when the file is read. */
async function startOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const start: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of chunks) {
      start.push(chunk);
      length += chunk.length;
      if (length >= START_BYTES) {
        break;
      }
    }
  } catch (error) {
    if (!(error instanceof InputError) || length === 0) {
      throw error;
    }
  }
  return Buffer.concat(start);
}

function refuseCompressedParquet(
  path: string,
  format: InputFormat,
  compression: InputCompression,
): void {
  if (format === "parquet" && compression !== "none") {
    throw new InputError(
      `Cannot read ${path}: a Parquet file is compressed inside. Decompress it first with ${compression}`,
    );
  }
}

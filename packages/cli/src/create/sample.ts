import type { Input } from "../input/open-input.js";

/** The first records of a file. */
export interface Sample {
  readonly bytes: Uint8Array;
  /** Whether that is all of it; otherwise the last record may be cut. */
  readonly isWhole: boolean;
}

/** How many records are looked at. */
export const SAMPLED_RECORDS = 10_000;

const SAMPLED_BYTES = 8 * 2 ** 20;

/** Reads the start of a file. Of a pipe, it is what came first. */
export async function sampleOf(input: Input): Promise<Sample> {
  const { bytesTotal, canReadAgain, compression, start } = input;
  if (!canReadAgain) {
    return { bytes: start, isWhole: false };
  }
  if (compression === "none" && bytesTotal === start.length) {
    return { bytes: start, isWhole: true };
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of input.chunks(0)) {
    // The memory of a chunk may be used for the next one.
    chunks.push(Uint8Array.from(chunk));
    length += chunk.length;
    if (length >= SAMPLED_BYTES) {
      return { bytes: Buffer.concat(chunks), isWhole: false };
    }
  }
  return { bytes: Buffer.concat(chunks), isWhole: true };
}

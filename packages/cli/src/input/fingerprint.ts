import { createHash } from "node:crypto";

import { readStart } from "./read-file.js";

/** What tells a file from others: a hash of its first bytes, as they are on disk. */
export interface Fingerprint {
  /** SHA-256 in hexadecimal digits. */
  readonly sha256: string;
  /** How many bytes it is of: all of a file that is smaller than 64 KiB. */
  readonly bytes: number;
}

const FINGERPRINT_BYTES = 64 * 1024;

/** @throws InputError if the file cannot be read. */
export async function fingerprint(path: string): Promise<Fingerprint> {
  return hashOf(await readStart(path, FINGERPRINT_BYTES));
}

/**
 * Whether a file still begins with the bytes that a fingerprint was taken of. It may have grown.
 *
 * @throws InputError if the file cannot be read.
 */
export async function matches(path: string, { sha256, bytes }: Fingerprint): Promise<boolean> {
  const start = await readStart(path, bytes);
  return start.length === bytes && hashOf(start).sha256 === sha256;
}

function hashOf(start: Uint8Array): Fingerprint {
  return { sha256: createHash("sha256").update(start).digest("hex"), bytes: start.length };
}

import { join } from "node:path";
import { crc32 } from "node:zlib";

import type { FileWindow } from "./file-window.js";
import type { StoredForm } from "./stored-form.js";

/** What the header of a segment says. */
export interface SegmentHeader {
  readonly version: 1;
  /** The uuid of the stream. */
  readonly stream: string;
  /** Segments are numbered from 1. */
  readonly number: number;
  /** In ISO 8601. */
  readonly createdAt: string;
  /** Where the segment before this one ends, whatever else may be in its file. */
  readonly previous: { readonly number: number; readonly end: number } | null;
  /** All forms that were known when the segment began, by their numbers. */
  readonly forms: readonly (readonly [number, StoredForm])[];
  /** If it was rewritten without rows that were committed. */
  readonly rewritten?: RewrittenSegments | undefined;
}

/** The segments that a rewritten one stands for: from its own number on. */
export interface RewrittenSegments {
  /** The number of the last one. Files of those before it that are still there count for nothing. */
  readonly last: number;
  /** Where that one ended, as the header of the next segment says as well. */
  readonly formerEnd: number;
  /** Where the rewritten one ends. */
  readonly end: number;
  /** By table: rows below this number were committed, and those that were in these segments are gone. */
  readonly settled: readonly (readonly [table: number, row: number])[];
}

/** A header that was read, and where the first frame begins. */
export interface FoundHeader {
  readonly header: SegmentHeader;
  readonly start: number;
}

// Magic, length of the JSON, CRC-32 of the JSON.
const PREFIX_BYTES = 16;

const MAGIC = Buffer.from("BCSPOOL1");

/** The path of a segment's file. */
export function segmentPath(directory: string, number: number): string {
  return join(directory, `segment-${String(number).padStart(10, "0")}`);
}

/** The path of a segment's file while it is rewritten. */
export function rewritingPath(directory: string, number: number): string {
  return `${segmentPath(directory, number)}.new`;
}

/** Whether it is the name of such a file. */
export function isRewritingName(name: string): boolean {
  return /^segment-\d{10}\.new$/.test(name);
}

/** The number of the segment that has this name; undefined if it is not that of a segment. */
export function segmentNumber(name: string): number | undefined {
  const digits = /^segment-(\d{10})$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * The first bytes of a segment's file: the header twice. It says which rows of the segment before it were
 * refused, and a damaged bit must not bring them back.
 *
 * @param length how long it is at least, for one that is written before all is known
 */
export function encodeSegmentHeader(header: SegmentHeader, length = 0): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const json = Buffer.concat([
    text,
    Buffer.alloc(Math.max(0, length / 2 - PREFIX_BYTES - text.length), " "),
  ]);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.set(MAGIC);
  prefix.writeUInt32LE(json.length, 8);
  prefix.writeUInt32LE(crc32(json, seedOf(header.number)), 12);
  return Buffer.concat([prefix, json, prefix, json]);
}

/** Reads the header of a segment; undefined if neither copy is what was written. */
export async function readSegmentHeader(
  window: FileWindow,
  number: number,
  size: number,
): Promise<FoundHeader | undefined> {
  const prefix = await window.read(0, PREFIX_BYTES, size);
  const length = copyLength(prefix, 0, size);
  if (length !== undefined) {
    const copy = await window.read(0, length, size);
    const header = decodeCopy(number, copy);
    if (header !== undefined && 2 * length <= size) {
      return { header, start: 2 * length };
    }
  }
  return findSecondCopy(number, await window.read(0, size, size));
}

/** The second copy begins where its own length says that the first one ends. */
function findSecondCopy(number: number, file: Buffer): FoundHeader | undefined {
  for (let at = file.indexOf(MAGIC, 1); at > 0; at = file.indexOf(MAGIC, at + 1)) {
    if (copyLength(file, at, file.length) === at) {
      const header = decodeCopy(number, file.subarray(at, 2 * at));
      if (header !== undefined) {
        return { header, start: 2 * at };
      }
    }
  }
  return undefined;
}

/** The length of the copy that begins here; undefined if there is none. */
function copyLength(bytes: Buffer, at: number, size: number): number | undefined {
  const prefix = bytes.subarray(at, at + PREFIX_BYTES);
  if (prefix.length < PREFIX_BYTES || !prefix.subarray(0, MAGIC.length).equals(MAGIC)) {
    return undefined;
  }
  const length = PREFIX_BYTES + prefix.readUInt32LE(8);
  return at + length <= size ? length : undefined;
}

function decodeCopy(number: number, copy: Buffer): SegmentHeader | undefined {
  const json = copy.subarray(PREFIX_BYTES);
  if (crc32(json, seedOf(number)) !== copy.readUInt32LE(12)) {
    return undefined;
  }
  return JSON.parse(json.toString()) as SegmentHeader;
}

function seedOf(number: number): number {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return crc32(bytes, crc32(MAGIC));
}

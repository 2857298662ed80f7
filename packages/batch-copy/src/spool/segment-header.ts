import { join } from "node:path";
import { crc32 } from "node:zlib";

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
}

/** The bytes before the JSON: magic, length of the JSON, CRC-32 of the JSON. */
export const SEGMENT_PREFIX_BYTES = 16;

const MAGIC = Buffer.from("BCSPOOL1");

/** The path of a segment's file. */
export function segmentPath(directory: string, number: number): string {
  return join(directory, `segment-${String(number).padStart(10, "0")}`);
}

/** The number of the segment that has this name; undefined if it is not that of a segment. */
export function segmentNumber(name: string): number | undefined {
  const digits = /^segment-(\d{10})$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The first bytes of a segment's file; its first frame follows. */
export function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(SEGMENT_PREFIX_BYTES);
  prefix.set(MAGIC);
  prefix.writeUInt32LE(json.length, 8);
  prefix.writeUInt32LE(crc32(json, seedOf(header.number)), 12);
  return Buffer.concat([prefix, json]);
}

/** The length of the JSON that follows these bytes; undefined if they do not begin a segment. */
export function jsonLength(prefix: Buffer): number | undefined {
  const isPrefix = prefix.length === SEGMENT_PREFIX_BYTES && prefix.subarray(0, 8).equals(MAGIC);
  return isPrefix ? prefix.readUInt32LE(8) : undefined;
}

/** Reads the JSON of a segment's header; undefined if it is not what was written. */
export function decodeSegmentHeader(
  number: number,
  prefix: Buffer,
  json: Buffer,
): SegmentHeader | undefined {
  if (crc32(json, seedOf(number)) !== prefix.readUInt32LE(12)) {
    return undefined;
  }
  return JSON.parse(json.toString()) as SegmentHeader;
}

function seedOf(number: number): number {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return crc32(bytes, crc32(MAGIC));
}

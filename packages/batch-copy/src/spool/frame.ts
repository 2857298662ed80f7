import { crc32 } from "node:zlib";

/** The bytes of a frame before its payload. */
export const FRAME_HEADER_BYTES = 44;

/** A frame has rows of one table, or the JSON of a form; what a repair could not save is void. */
type FrameKind = "rows" | "form" | "void";

/** What the header of a frame says. */
export interface FrameHeader {
  readonly kind: FrameKind;
  /** Of the payload. */
  readonly bytes: number;
  readonly payloadCrc: number;
  /** The number of the form that the rows have, or that the payload is. */
  readonly form: number;
  readonly rows: number;
  readonly firstRow: number;
  /** Everything before this position of the file was synced when the frame was written. */
  readonly synced: number;
}

/** What the frames of a segment have in common, and those of no other segment. */
export interface FrameKey {
  /** The first bytes of each frame, by which frames are found behind a damaged one. */
  readonly marker: Buffer;
  /** The checksums begin with it, so that the frame of another stream or segment is not valid. */
  readonly seed: number;
}

const KINDS: readonly (FrameKind | undefined)[] = [undefined, "rows", "form", "void"];

// The header, little endian: marker 0, kind 4, three zeros, bytes of the payload 8, CRC-32 of the payload 12,
// form 16, rows 20, first row 24 (8 bytes), synced 32 (8 bytes), CRC-32 of the header before it 40. It has a
// checksum of its own so that a reader can pass over a payload, and so that a search for frames need not
// read what only looks like one.
const CRC_AT = 40;

/** The key of a segment's frames. */
export function frameKey(stream: string, segment: number): FrameKey {
  const id = Buffer.from(stream.replaceAll("-", ""), "hex");
  const number = Buffer.alloc(4);
  number.writeUInt32LE(segment);
  return { marker: id.subarray(0, 4), seed: crc32(number, crc32(id)) };
}

/** The header of a frame that begins at `position` and has this payload. */
export function encodeFrameHeader(
  key: FrameKey,
  position: number,
  frame: Omit<FrameHeader, "bytes" | "payloadCrc">,
  payload: readonly Buffer[],
): Buffer {
  const seed = seedAt(key, position);
  let bytes = 0;
  let payloadCrc = seed;
  for (const part of payload) {
    bytes += part.length;
    payloadCrc = crc32(part, payloadCrc);
  }
  if (bytes === 0) {
    // The checksum of nothing says nothing.
    throw new RangeError("A frame needs a payload");
  }
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  header.set(key.marker);
  header.writeUInt8(KINDS.indexOf(frame.kind), 4);
  header.writeUInt32LE(bytes, 8);
  header.writeUInt32LE(payloadCrc, 12);
  header.writeUInt32LE(frame.form, 16);
  header.writeUInt32LE(frame.rows, 20);
  header.writeBigUInt64LE(BigInt(frame.firstRow), 24);
  header.writeBigUInt64LE(BigInt(frame.synced), 32);
  header.writeUInt32LE(crc32(header.subarray(0, CRC_AT), seed), CRC_AT);
  return header;
}

/** Reads the header of a frame at `position`; undefined if there is none. */
export function decodeFrameHeader(
  key: FrameKey,
  position: number,
  header: Buffer,
): FrameHeader | undefined {
  if (header.length < FRAME_HEADER_BYTES || !header.subarray(0, 4).equals(key.marker)) {
    return undefined;
  }
  // The three zeros behind the kind are read with it. What only looks like a frame mostly ends here.
  const kind = KINDS[header.readUInt32LE(4)];
  const bytes = header.readUInt32LE(8);
  if (kind === undefined || bytes === 0) {
    return undefined;
  }
  const crc = crc32(header.subarray(0, CRC_AT), seedAt(key, position));
  if (crc !== header.readUInt32LE(CRC_AT)) {
    return undefined;
  }
  return {
    kind,
    bytes,
    payloadCrc: header.readUInt32LE(12),
    form: header.readUInt32LE(16),
    rows: header.readUInt32LE(20),
    firstRow: Number(header.readBigUInt64LE(24)),
    synced: Number(header.readBigUInt64LE(32)),
  };
}

/** Whether the payload is the one that was written with this header. */
export function isPayloadOf(
  { bytes, payloadCrc }: FrameHeader,
  payload: Buffer,
  key: FrameKey,
  position: number,
): boolean {
  return payload.length === bytes && crc32(payload, seedAt(key, position)) === payloadCrc;
}

/** A frame is valid only at its own position: rows may contain the bytes of frames. */
function seedAt({ seed }: FrameKey, position: number): number {
  return (seed ^ position) >>> 0;
}

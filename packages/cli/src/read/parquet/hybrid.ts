/** Of up to so many bits a value can be taken from a 32-bit integer to which whole bytes are added. */
const MOST_SHIFTED_BITS = 24;

/**
 * Reads `out.length` values of `width` bits in the hybrid of run lengths and bit packing (Encodings.md of
 * the format). It never writes past the end of `out`, whatever length a run claims to have.
 */
export function readHybrid(
  bytes: Uint8Array,
  start: number,
  end: number,
  width: number,
  out: Uint8Array | Int32Array,
): void {
  if (width > 32) {
    throw new Error(`a width of ${width} bits is not valid`);
  }
  let at = start;
  let count = 0;
  while (count < out.length) {
    let header = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      if (at >= end || shift > 28) {
        throw new Error("a page ends within its runs");
      }
      header |= (bytes[at]! & 0x7f) << shift;
      more = bytes[at++]! >= 0x80;
    }
    const size = header >>> 1;
    if ((header & 1) === 0) {
      const valueBytes = (width + 7) >> 3;
      if (at + valueBytes > end) {
        throw new Error("a page ends within its runs");
      }
      let value = 0;
      for (let i = 0; i < valueBytes; i++) {
        value |= bytes[at++]! << (i * 8);
      }
      out.fill(value, count, count + size);
      count = Math.min(count + size, out.length);
    } else {
      const packed = Math.min(size * 8, out.length - count);
      if (at + Math.ceil((packed * width) / 8) > end) {
        throw new Error("a page ends within its runs");
      }
      unpack(bytes, at, width, out, count, packed);
      count += packed;
      at += size * width;
    }
  }
}

/** Reads bit-packed values, the least significant bit first. */
function unpack(
  bytes: Uint8Array,
  start: number,
  width: number,
  out: Uint8Array | Int32Array,
  first: number,
  count: number,
): void {
  if (width > MOST_SHIFTED_BITS) {
    unpackWide(bytes, start, width, out, first, count);
    return;
  }
  const mask = (1 << width) - 1;
  let at = start;
  let held = 0;
  let bits = 0;
  for (let i = first; i < first + count; i++) {
    while (bits < width) {
      held |= bytes[at++]! << bits;
      bits += 8;
    }
    out[i] = held & mask;
    held >>>= width;
    bits -= width;
  }
}

function unpackWide(
  bytes: Uint8Array,
  start: number,
  width: number,
  out: Uint8Array | Int32Array,
  first: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    let value = 0;
    for (let bit = 0; bit < width; bit++) {
      const place = i * width + bit;
      value |= ((bytes[start + (place >> 3)]! >> (place & 7)) & 1) << bit;
    }
    out[first + i] = value;
  }
}

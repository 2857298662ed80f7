// XXH64 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md) over 64-bit integers that are kept in
// two halves of 32 bits, because BigInt is ten times slower. Index 0 is the low half.
type Word = Uint32Array;

const STRIPE_BYTES = 32;
const LANES = 4;

function word(high: number, low: number): Word {
  return Uint32Array.of(low, high);
}

const PRIME_1 = word(0x9e3779b1, 0x85ebca87);
const PRIME_2 = word(0xc2b2ae3d, 0x27d4eb4f);
const PRIME_3 = word(0x165667b1, 0x9e3779f9);
const PRIME_4 = word(0x85ebca77, 0xc2b2ae63);
const PRIME_5 = word(0x27d4eb2f, 0x165667c5);

function add(to: Word, low: number, high: number): void {
  const sum = to[0]! + (low >>> 0);
  to[0] = sum;
  to[1] = to[1]! + high + (sum > 0xffffffff ? 1 : 0);
}

function addWord(to: Word, other: Word): void {
  add(to, other[0]!, other[1]!);
}

function xor(to: Word, low: number, high: number): void {
  to[0] = to[0]! ^ low;
  to[1] = to[1]! ^ high;
}

/** The low 64 bits of the product: the low halves are multiplied by parts of 16 bits. */
function multiply(to: Word, by: Word): void {
  const a = to[0]!;
  const b = by[0]!;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = (a >>> 16) * bLow + (((a & 0xffff) * bLow) >>> 16);
  const other = (a & 0xffff) * bHigh + (middle & 0xffff);
  const carried =
    Math.imul(a >>> 16, bHigh) + ((middle / 0x10000) >>> 0) + ((other / 0x10000) >>> 0);
  to[1] = carried + Math.imul(a, by[1]!) + Math.imul(to[1]!, b);
  to[0] = Math.imul(a, b);
}

function rotateLeft(to: Word, bits: number): void {
  const low = to[0]!;
  const high = to[1]!;
  const rest = 32 - bits;
  to[0] = (low << bits) | (high >>> rest);
  to[1] = (high << bits) | (low >>> rest);
}

function xorShiftRight(to: Word, bits: number): void {
  const low = to[0]!;
  const high = to[1]!;
  if (bits >= 32) {
    to[0] = low ^ (high >>> (bits - 32));
  } else {
    xor(to, (low >>> bits) | (high << (32 - bits)), high >>> bits);
  }
}

/** The checksum of the frames of zstd: the low 32 bits of XXH64 with the seed 0 (RFC 8878, 3.1.1). */
export class XxHash64 {
  readonly #lanes: readonly Word[];
  readonly #rest = new Uint8Array(STRIPE_BYTES);
  readonly #scratch = word(0, 0);
  #restLength = 0;
  #total = 0;

  constructor() {
    this.#lanes = Array.from({ length: LANES }, () => word(0, 0));
    addWord(this.#lanes[0]!, PRIME_1);
    addWord(this.#lanes[0]!, PRIME_2);
    addWord(this.#lanes[1]!, PRIME_2);
    add(this.#lanes[3]!, -PRIME_1[0]! >>> 0, ~PRIME_1[1]!);
  }

  update(bytes: Uint8Array): void {
    this.#total += bytes.length;
    let at = 0;
    if (this.#restLength > 0) {
      at = Math.min(bytes.length, STRIPE_BYTES - this.#restLength);
      this.#rest.set(bytes.subarray(0, at), this.#restLength);
      this.#restLength += at;
      if (this.#restLength < STRIPE_BYTES) {
        return;
      }
      this.#stripes(this.#rest, 0, STRIPE_BYTES);
      this.#restLength = 0;
    }
    const end = bytes.length - ((bytes.length - at) % STRIPE_BYTES);
    this.#stripes(bytes, at, end);
    this.#rest.set(bytes.subarray(end));
    this.#restLength = bytes.length - end;
  }

  /** The low 32 bits of the hash. Called once. */
  low32(): number {
    const hash = this.#total >= STRIPE_BYTES ? this.#merged() : Uint32Array.from(PRIME_5);
    add(hash, this.#total % 2 ** 32, Math.floor(this.#total / 2 ** 32));
    this.#mixRest(hash);
    xorShiftRight(hash, 33);
    multiply(hash, PRIME_2);
    xorShiftRight(hash, 29);
    multiply(hash, PRIME_3);
    xorShiftRight(hash, 32);
    return hash[0]!;
  }

  #stripes(bytes: Uint8Array, start: number, end: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (let at = start; at < end; at += 8) {
      const lane = this.#lanes[((at - start) >> 3) & 3]!;
      this.#round(lane, view.getUint32(at, true), view.getUint32(at + 4, true));
    }
  }

  #round(lane: Word, low: number, high: number): void {
    const input = this.#scratch;
    input[0] = low;
    input[1] = high;
    multiply(input, PRIME_2);
    addWord(lane, input);
    rotateLeft(lane, 31);
    multiply(lane, PRIME_1);
  }

  #merged(): Word {
    const hash = word(0, 0);
    for (const [index, bits] of [1, 7, 12, 18].entries()) {
      const lane = Uint32Array.from(this.#lanes[index]!);
      rotateLeft(lane, bits);
      addWord(hash, lane);
    }
    for (const lane of this.#lanes) {
      const value = word(0, 0);
      this.#round(value, lane[0]!, lane[1]!);
      xor(hash, value[0]!, value[1]!);
      multiply(hash, PRIME_1);
      addWord(hash, PRIME_4);
    }
    return hash;
  }

  #mixRest(hash: Word): void {
    const view = new DataView(this.#rest.buffer);
    let at = 0;
    for (; at + 8 <= this.#restLength; at += 8) {
      const value = word(0, 0);
      this.#round(value, view.getUint32(at, true), view.getUint32(at + 4, true));
      xor(hash, value[0]!, value[1]!);
      rotateLeft(hash, 27);
      multiply(hash, PRIME_1);
      addWord(hash, PRIME_4);
    }
    if (at + 4 <= this.#restLength) {
      const value = word(0, view.getUint32(at, true));
      multiply(value, PRIME_1);
      xor(hash, value[0]!, value[1]!);
      rotateLeft(hash, 23);
      multiply(hash, PRIME_2);
      addWord(hash, PRIME_3);
      at += 4;
    }
    for (; at < this.#restLength; at++) {
      const value = word(0, view.getUint8(at));
      multiply(value, PRIME_5);
      xor(hash, value[0]!, value[1]!);
      rotateLeft(hash, 11);
      multiply(hash, PRIME_1);
    }
  }
}

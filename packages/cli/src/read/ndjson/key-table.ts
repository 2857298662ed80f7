/** A key of the records. */
export interface Key {
  /** Its UTF-8, with the closing quote. */
  readonly bytes: Uint8Array;
  /** The field that has its value, or {@link UNKNOWN_COLUMN}. */
  readonly column: number;
}

/** The column of a key that is not among the columns. */
export const UNKNOWN_COLUMN = -1;

/** Finds keys by their bytes, without making strings. */
export class KeyTable {
  /** Open addressing: a power of two of slots, at most half of them in use. */
  readonly #slots: (Key | undefined)[];
  readonly #mask: number;

  constructor(keys: readonly string[]) {
    let size = 8;
    while (size < keys.length * 2) {
      size *= 2;
    }
    this.#slots = Array.from<Key | undefined>({ length: size });
    this.#mask = size - 1;
    for (const [column, key] of keys.entries()) {
      this.#add({ bytes: Buffer.from(`${key}"`), column });
    }
  }

  /** The key whose UTF-8 is from `start` to `end`. */
  find(bytes: Uint8Array, start: number, end: number): Key | undefined {
    for (let slot = hash(bytes, start, end) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const key = this.#slots[slot];
      if (key === undefined || isSame(key.bytes, bytes, start, end)) {
        return key;
      }
    }
  }

  #add(key: Key): void {
    let slot = hash(key.bytes, 0, key.bytes.length - 1) & this.#mask;
    while (this.#slots[slot] !== undefined) {
      slot = (slot + 1) & this.#mask;
    }
    this.#slots[slot] = key;
  }
}

function isSame(key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (key.length - 1 !== length) {
    return false;
  }
  for (let i = 0; i < length; i++) {
    if (key[i] !== bytes[start + i]) {
      return false;
    }
  }
  return true;
}

/** FNV-1a. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = 0x811c9dc5;
  for (let i = start; i < end; i++) {
    value = Math.imul(value ^ bytes[i]!, 0x01000193);
  }
  return value ^ (value >>> 15);
}

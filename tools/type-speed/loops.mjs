// @ts-check
// Manual loops that encode a column of one type: the encoders are compared with them.

const EPOCH_MS = Date.UTC(2000, 0, 1);
const TEXT_OID = 25;

/**
 * Writes the fields of a column, each with its length, and returns where they end.
 * @typedef {(values: never[], out: Buffer) => number} Loop
 */

/**
 * They use a DataView made for the column, and make the checks that are cheap. Faster ways that are as
 * simple are used: text is written before its length is known, 64 bits are written without a bigint.
 */
export const loops = {
  /** @type {(values: boolean[], out: Buffer) => number} */
  bool: (values, out) => {
    const view = new DataView(out.buffer, out.byteOffset, out.length);
    let at = 0;
    for (const value of values) {
      if (typeof value !== "boolean") throw new RangeError("range");
      view.setInt32(at, 1);
      view.setInt8(at + 4, value ? 1 : 0);
      at += 5;
    }
    return at;
  },

  /** @type {(values: number[], out: Buffer) => number} */
  int2: (values, out) => {
    const view = new DataView(out.buffer, out.byteOffset, out.length);
    let at = 0;
    for (const value of values) {
      if (typeof value !== "number" || (value << 16) >> 16 !== value) throw new RangeError("range");
      view.setInt32(at, 2);
      view.setInt16(at + 4, value);
      at += 6;
    }
    return at;
  },

  /** @type {(values: number[], out: Buffer) => number} */
  int4: (values, out) => {
    const view = new DataView(out.buffer, out.byteOffset, out.length);
    let at = 0;
    for (const value of values) {
      if (typeof value !== "number" || (value | 0) !== value) throw new RangeError("range");
      view.setInt32(at, 4);
      view.setInt32(at + 4, value);
      at += 8;
    }
    return at;
  },

  /** @type {(values: number[], out: Buffer) => number} */
  int8: (values, out) => {
    const view = new DataView(out.buffer, out.byteOffset, out.length);
    let at = 0;
    for (const value of values) {
      if (!Number.isSafeInteger(value)) throw new RangeError("range");
      view.setInt32(at, 8);
      at = writeInt64(value, view, at + 4);
    }
    return at;
  },

  /** @type {(values: bigint[], out: Buffer) => number} */
  int8OfBigint: (values, out) => {
    const view = new DataView(out.buffer, out.byteOffset, out.length);
    let at = 0;
    for (const value of values) {
      if (typeof value !== "bigint" || BigInt.asIntN(64, value) !== value)
        throw new RangeError("range");
      view.setInt32(at, 8);
      view.setBigInt64(at + 4, value);
      at = at + 4 + 8;
    }
    return at;
  },

  /** @type {(values: number[], out: Buffer) => number} */
  float4: (values, out) => {
    const view = new DataView(out.buffer, out.byteOffset, out.length);
    let at = 0;
    for (const value of values) {
      if (typeof value !== "number") throw new RangeError("range");
      view.setInt32(at, 4);
      view.setFloat32(at + 4, value);
      at = at + 4 + 4;
    }
    return at;
  },

  /** @type {(values: number[], out: Buffer) => number} */
  float8: (values, out) => {
    const view = new DataView(out.buffer, out.byteOffset, out.length);
    let at = 0;
    for (const value of values) {
      if (typeof value !== "number") throw new RangeError("range");
      view.setInt32(at, 8);
      view.setFloat64(at + 4, value);
      at = at + 4 + 8;
    }
    return at;
  },

  /**
   * For two decimal places.
   * @type {(values: (string | number)[], out: Buffer) => number}
   */
  numeric: (values, out) => {
    const view = new DataView(out.buffer, out.byteOffset, out.length);
    let at = 0;
    for (const value of values) {
      const hundredths = Math.round(Number(value) * 100);
      const size = Math.abs(hundredths);
      const groups = [(size % 100) * 100];
      for (let rest = Math.floor(size / 100); rest > 0; rest = Math.floor(rest / 10_000)) {
        groups.push(rest % 10_000);
      }
      view.setInt32(at, 8 + groups.length * 2);
      view.setInt16(at + 4, groups.length);
      view.setInt16(at + 6, groups.length - 2);
      view.setInt16(at + 8, hundredths < 0 ? 0x4000 : 0);
      view.setInt16(at + 10, 2);
      at += 12;
      for (let i = groups.length - 1; i >= 0; i--) {
        view.setInt16(at, groups[i] ?? 0);
        at = at + 2;
      }
    }
    return at;
  },

  /** @type {(values: string[], out: Buffer) => number} */
  text: (values, out) => {
    const view = new DataView(out.buffer, out.byteOffset, out.length);
    let at = 0;
    for (const value of values) {
      const length = out.write(value, at + 4);
      view.setInt32(at, length);
      at += 4 + length;
    }
    return at;
  },

  /** @type {(values: string[], out: Buffer) => number} */
  uuid: (values, out) => {
    const view = new DataView(out.buffer, out.byteOffset, out.length);
    let at = 0;
    for (const value of values) {
      view.setInt32(at, 16);
      out.write(value.replaceAll("-", ""), at + 4, "hex");
      at += 20;
    }
    return at;
  },

  /** @type {(values: Date[], out: Buffer) => number} */
  timestamptz: (values, out) => {
    const view = new DataView(out.buffer, out.byteOffset, out.length);
    let at = 0;
    for (const value of values) {
      view.setInt32(at, 8);
      at = writeInt64((value.getTime() - EPOCH_MS) * 1000, view, at + 4);
    }
    return at;
  },

  /** @type {(values: string[], out: Buffer) => number} */
  timestamptzOfText: (values, out) => {
    const view = new DataView(out.buffer, out.byteOffset, out.length);
    let at = 0;
    for (const value of values) {
      view.setInt32(at, 8);
      at = writeInt64((Date.parse(value) - EPOCH_MS) * 1000, view, at + 4);
    }
    return at;
  },

  /** @type {(values: object[], out: Buffer) => number} */
  jsonb: (values, out) => {
    const view = new DataView(out.buffer, out.byteOffset, out.length);
    let at = 0;
    for (const value of values) {
      const length = 1 + out.write(JSON.stringify(value), at + 5);
      view.setInt32(at, length);
      view.setInt8(at + 4, 1);
      at += 4 + length;
    }
    return at;
  },

  /** @type {(values: (string | null)[][], out: Buffer) => number} */
  textArray: (values, out) => {
    const view = new DataView(out.buffer, out.byteOffset, out.length);
    let at = 0;
    for (const value of values) {
      const start = at;
      view.setInt32(at + 4, 1);
      view.setInt32(at + 8, value.includes(null) ? 1 : 0);
      view.setInt32(at + 12, TEXT_OID);
      view.setInt32(at + 16, value.length);
      view.setInt32(at + 20, 1);
      at += 24;
      for (const element of value) {
        const length = element === null ? 0 : out.write(element, at + 4);
        view.setInt32(at, element === null ? -1 : length);
        at += 4 + length;
      }
      view.setInt32(start, at - start - 4);
    }
    return at;
  },
};

/** @type {(value: number, view: DataView, at: number) => number} */
function writeInt64(value, view, at) {
  view.setInt32(at, Math.floor(value / 2 ** 32));
  view.setUint32(at + 4, value >>> 0);
  return at + 8;
}

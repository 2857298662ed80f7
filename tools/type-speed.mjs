// @ts-check
// Prints how fast values are encoded, by type: node tools/type-speed.mjs [--write | TYPE...]
// --write puts the table into docs/type-speed.md as well; names of types measure only those.
//
// Code that has met one type runs faster than code that has met many. So each kind of value is
// measured in a process of its own, where the type is common in turn with a loop written by hand;
// and once more among all others in one process, which is what a table of many columns is like.
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";

import { ByteWriter } from "../packages/batch-copy/dist/bytes/byte-writer.js";
import { writeField } from "../packages/batch-copy/dist/codecs/codec.js";
import * as types from "../packages/batch-copy/dist/codecs/registry.js";

/**
 * @typedef {import("../packages/batch-copy/dist/codecs/codec.js").Codec<unknown>} Codec
 * @typedef {import("../packages/batch-copy/dist/codecs/column-type.js").ColumnType<unknown>} ColumnType
 * @typedef {import("../packages/batch-copy/dist/codecs/type-description.js").TypeDescription} TypeDescription
 *
 * Writes the fields of a column, each with its length, and returns where they end.
 * @typedef {(values: never[], out: Buffer) => number} Loop
 *
 * Values of one type that take one way through its encoder; `loop` is there if the type is common.
 * @typedef {{ name: string, type: ColumnType, values: string, make: () => unknown, loop: Loop | undefined, description: TypeDescription }} Kind
 *
 * Nanoseconds per value.
 * @typedef {{ kind: Kind, alone: number, byHand: number | undefined, amongAll: number }} Speed
 */

/** The different values of a kind, and room for the bytes of them all. */
const VALUES = 512;
const ROOM = 2 ** 20;

const WARM_UP_MS = 60;
const ROUNDS = 21;
const ROUND_MS = 3;

/** The most that a common type may take of the time of the loop by hand. */
const LIMIT = 2;

const EPOCH_MS = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;
const INT4_OID = 23;
const TEXT_OID = 25;

/**
 * How a column of one type would be written by hand: by a DataView made for the column, with the
 * checks that a value of it needs where they are cheap. Faster ways that are as plain are taken: text
 * is written before its length is known, 64 bits are written without a bigint.
 */
const loops = {
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
   * For two digits behind the point.
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

/** @type {(value: number, out: Buffer, at: number) => number} */
function writeInt64(value, view, at) {
  view.setInt32(at, Math.floor(value / 2 ** 32));
  view.setUint32(at + 4, value >>> 0);
  return at + 8;
}

/** A writer that starts anew, and whose bytes can be looked at. */
class ReusedWriter extends ByteWriter {
  constructor() {
    super(Buffer.alloc(ROOM));
  }

  reset() {
    this.position = 0;
  }

  get written() {
    return this.buffer.subarray(0, this.position);
  }
}

let seed = 1;

/** From 0 up to 1, the same ones in each run. */
function random() {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed / 2_147_483_647;
}

/** @type {(from: number, to: number) => number} */
const integer = (from, to) => from + Math.floor(random() * (to - from + 1));

/** @type {<T>(length: number, make: () => T) => T[]} */
const many = (length, make) => Array.from({ length }, make);

/** @type {<T>(choices: ArrayLike<T>) => T | undefined} */
const oneOf = (choices) => choices[integer(0, choices.length - 1)];

/** @type {(length: number, characters?: string) => string} */
const word = (length, characters = "abcdefghijklmnopqrstuvwxyz") =>
  many(length, () => oneOf(characters)).join("");

/** @type {(length: number) => string} */
const digits = (length) => word(length, "123456789");

/** @type {(length: number) => string} */
const hex = (length) => word(length, "0123456789abcdef");

const word16 = () => word(16);
const uint32 = () => integer(0, 2 ** 32 - 1);
const int64 = () => BigInt.asIntN(64, (BigInt(uint32()) << 32n) | BigInt(uint32()));
/** With two digits behind the point, the last of which is not zero. */
const amount = () => (integer(10, 1e8) * 10 + integer(1, 9)) / 100;
const coordinate = () => integer(-1e8, 1e8) / 1e4;
const point = () => ({ x: coordinate(), y: coordinate() });
/** Of the years 2000 to 2034. */
const day = () => new Date(EPOCH_MS + integer(0, 12_500) * DAY_MS);
const moment = () => new Date(day().getTime() + integer(0, DAY_MS - 1));
/** `2026-11-22T08:39:41.123456` */
const wallClock = () => moment().toISOString().slice(0, -1) + digits(3);
const timeOfDay = () => wallClock().slice(11);
const document = () => ({
  id: integer(1, 1e6),
  name: word16(),
  tags: many(2, () => word(6)),
  active: random() < 0.5,
});
const snapshot = () => `${integer(1, 10)}:${integer(30, 99)}:${integer(11, 15)},${integer(16, 29)}`;
const integers = () => ({ lower: integer(-1e6, 0), upper: integer(1, 1e6) });
const degrees = () => integer(-900, 900) / 10;
const geoJson = () => ({ type: "Point", coordinates: [degrees(), degrees()] });
const ewkb = () => {
  const header = Buffer.from("0101000000", "hex");
  return Buffer.concat([header, Buffer.from(Float64Array.of(degrees(), degrees()).buffer)]);
};

/** @type {(parts: Partial<TypeDescription>) => TypeDescription} */
const described = (parts) => ({
  oid: 0,
  schema: "",
  name: "",
  sql: "",
  kind: "base",
  hasBinaryForm: true,
  ...parts,
});
const anyType = described({});
const ofText = described({ element: described({ oid: TEXT_OID }) });
const ofInt4 = described({ element: described({ oid: INT4_OID, element: anyType }) });
const place = described({
  attributes: [
    { name: "street", type: described({ oid: TEXT_OID }) },
    { name: "number", type: described({ oid: INT4_OID }) },
  ],
});

/**
 * @param {string} export_ the registry's name for what makes the type
 * @param {ColumnType} type
 * @param {string} values what they are
 * @param {() => unknown} make
 * @param {{ loop?: Loop, description?: TypeDescription }} [more]
 * @returns {Kind}
 */
function kindOf(export_, type, values, make, { loop, description = anyType } = {}) {
  return { name: export_, type, values, make, loop, description };
}

const { bool, float4, float8, int2, int4, int8, jsonb, numeric, text, timestamptz, uuid } = types;
const { arrayOf, compositeOf, domainOf, enumOf, multirangeOf, rangeOf } = types;

/** @type {Kind[]} */
const kinds = [
  kindOf("bool", bool, "boolean", () => random() < 0.5, { loop: loops.bool }),
  kindOf("int2", int2, "number", () => integer(-32_768, 32_767), { loop: loops.int2 }),
  kindOf("int4", int4, "number", () => integer(-1e9, 1e9), { loop: loops.int4 }),
  kindOf("int8", int8, "number", () => integer(-1e15, 1e15), { loop: loops.int8 }),
  kindOf("int8", int8, "bigint", int64, { loop: loops.int8OfBigint }),
  kindOf("float4", float4, "number", random, { loop: loops.float4 }),
  kindOf("float8", float8, "number", random, { loop: loops.float8 }),
  kindOf("numeric", numeric(12, 2), "number", amount, { loop: loops.numeric }),
  kindOf("numeric", numeric(12, 2), 'string, "1234567.89"', () => amount().toFixed(2), {
    loop: loops.numeric,
  }),
  kindOf("numeric", numeric(), "string, 30 digits", () => `${digits(15)}.${digits(15)}`),
  kindOf("numeric", numeric(), "bigint, up to 2^63", int64),
  kindOf("text", text, "16 characters", word16, { loop: loops.text }),
  kindOf("text", text, "16 characters, 4 beyond ASCII", () => word(12) + word(4, "äöü→"), {
    loop: loops.text,
  }),
  kindOf("text", text, "200 characters", () => word(200), { loop: loops.text }),
  kindOf("varchar", types.varchar(255), "16 characters", word16),
  kindOf("bpchar", types.bpchar, "16 characters", word16),
  kindOf("char", types.char(16), "16 characters", word16),
  kindOf("charInternal", types.charInternal, "1 character", () => word(1)),
  kindOf("name", types.name, "16 characters", word16),
  kindOf("refcursor", types.refcursor, "16 characters", word16),
  kindOf("citext", types.citext, "16 characters", word16),
  kindOf("bytea", types.bytea, "32 bytes", () => Buffer.from(hex(64), "hex")),
  kindOf("uuid", uuid, "string", () => [8, 4, 4, 4, 12].map(hex).join("-"), { loop: loops.uuid }),
  kindOf("json", types.json, "object of 4 keys", document),
  kindOf("jsonb", jsonb, "object of 4 keys", document, { loop: loops.jsonb }),
  kindOf("jsonpath", types.jsonpath, "string", () => `$.${word(8)}[*] ? (@ > ${digits(2)})`),
  kindOf("xml", types.xml, "string", () => `<item id="${digits(6)}">${word16()}</item>`),
  kindOf("date", types.date, "Date", day),
  kindOf("date", types.date, 'string, "2026-11-22"', () => wallClock().slice(0, 10)),
  kindOf("timestamp", types.timestamp, "Date", moment),
  kindOf("timestamp", types.timestamp, "string, microseconds", wallClock),
  kindOf("timestamptz", timestamptz, "Date", moment, { loop: loops.timestamptz }),
  kindOf("timestamptz", timestamptz, "string of toISOString()", () => moment().toISOString(), {
    loop: loops.timestamptzOfText,
  }),
  kindOf("timestamptz", timestamptz, "string, microseconds, +01", () => `${wallClock()}+01`),
  kindOf("time", types.time, "string, microseconds", timeOfDay),
  kindOf("timetz", types.timetz, "string, microseconds, +01", () => `${timeOfDay()}+01`),
  kindOf("interval", types.interval, "object", () => ({
    months: integer(0, 99),
    days: integer(0, 30),
    microseconds: integer(0, 1e9),
  })),
  kindOf(
    "interval",
    types.interval,
    'string, "P1M2DT3H4M"',
    () => `P${digits(1)}M${digits(1)}DT${digits(1)}H${digits(1)}M`,
  ),
  kindOf(
    "interval",
    types.interval,
    'string, "2 days 03:04:05"',
    () => `${integer(2, 30)} days ${timeOfDay().slice(0, 8)}`,
  ),
  kindOf("money", types.money, "bigint", int64),
  kindOf("bit", types.bit(16), "string", () => word(16, "01")),
  kindOf("varbit", types.varbit(64), "string of 16", () => word(16, "01")),
  kindOf("inet", types.inet, "IPv4", () => many(4, () => integer(0, 255)).join(".")),
  kindOf("inet", types.inet, "IPv6", () => many(8, () => hex(4)).join(":")),
  kindOf("cidr", types.cidr, "IPv4", () => `${many(3, () => integer(1, 255)).join(".")}.0/24`),
  kindOf("macaddr", types.macaddr, "string", () => many(6, () => hex(2)).join(":")),
  kindOf("macaddr8", types.macaddr8, "string", () => many(8, () => hex(2)).join(":")),
  ...[
    types.oid,
    types.regclass,
    types.regcollation,
    types.regconfig,
    types.regdictionary,
    types.regnamespace,
    types.regoper,
    types.regoperator,
    types.regproc,
    types.regprocedure,
    types.regrole,
    types.regtype,
    types.cid,
    types.xid,
  ].map((type) => kindOf(type.name, type, "number", uint32)),
  kindOf("xid8", types.xid8, "bigint", () => BigInt(integer(0, 1e15))),
  kindOf("pg_snapshot", types.pg_snapshot, "string", snapshot),
  kindOf("txid_snapshot", types.txid_snapshot, "string", snapshot),
  kindOf("tid", types.tid, "object", () => ({ block: uint32(), offset: integer(1, 200) })),
  kindOf("pg_lsn", types.pg_lsn, "string", () => `${hex(2)}/${hex(8)}`),
  kindOf("int2vector", types.int2vector, "array of 4", () => many(4, () => integer(1, 1600))),
  kindOf("oidvector", types.oidvector, "array of 4", () => many(4, uint32)),
  kindOf("point", types.point, "object", point),
  kindOf("line", types.line, "object", () => ({ a: 1, b: random(), c: random() })),
  kindOf("lseg", types.lseg, "2 points", () => many(2, point)),
  kindOf("box", types.box, "2 points", () => many(2, point)),
  kindOf("path", types.path, "4 points", () => ({ points: many(4, point), open: true })),
  kindOf("polygon", types.polygon, "4 points", () => many(4, point)),
  kindOf("circle", types.circle, "object", () => ({ center: point(), radius: random() })),
  kindOf("tsvector", types.tsvector, "string of 4 words", () =>
    many(4, () => `${word(6)}:${digits(2)}`).join(" "),
  ),
  kindOf(
    "tsquery",
    types.tsquery,
    "string of 3 words",
    () => `${word(6)} & (${word(6)} | !${word(6)})`,
  ),
  kindOf("hstore", types.hstore, "object of 3 keys", () =>
    Object.fromEntries(many(3, () => [word(6), word16()])),
  ),
  kindOf("ltree", types.ltree, "string of 3 labels", () => many(3, () => word(8)).join(".")),
  kindOf("lquery", types.lquery, "string of 3 levels", () => `${word(8)}.*.${word(8)}`),
  kindOf("ltxtquery", types.ltxtquery, "string of 2 words", () => `${word(8)} & ${word(8)}`),
  kindOf("cube", types.cube, "array of 3", () => many(3, coordinate)),
  kindOf("vector", types.vector(128), "array", () => many(128, random)),
  kindOf("vector", types.vector(128), "Float32Array", () => Float32Array.from(many(128, random))),
  kindOf("halfvec", types.halfvec(128), "array", () => many(128, random)),
  kindOf("sparsevec", types.sparsevec(128), "8 entries", () => ({
    dimensions: 128,
    entries: Object.fromEntries(many(8, () => [integer(0, 127), random()])),
  })),
  kindOf("geometry", types.geometry("Point"), "GeoJSON", geoJson),
  kindOf("geometry", types.geometry("Point"), "EWKB", ewkb),
  kindOf("geography", types.geography("Point"), "GeoJSON", geoJson),
  kindOf("arrayOf", arrayOf(text), "4 of 16 characters", () => many(4, word16), {
    loop: loops.textArray,
    description: ofText,
  }),
  kindOf("arrayOf", arrayOf(int4), "8 numbers", () => many(8, () => integer(-1e9, 1e9)), {
    description: ofInt4,
  }),
  kindOf("enumOf", enumOf("mood", ["sad", "ok"]), "a label", () => oneOf(["sad", "ok"])),
  kindOf("domainOf", domainOf("name", text), "16 characters", word16, { description: ofText }),
  kindOf(
    "compositeOf",
    compositeOf("place", { street: text, number: int4 }),
    "object",
    () => ({ street: word16(), number: integer(1, 200) }),
    { description: place },
  ),
  kindOf("rangeOf", rangeOf(int4), "object", integers, { description: ofInt4 }),
  kindOf("multirangeOf", multirangeOf(int4), "2 objects", () => many(2, integers), {
    description: described({ element: ofInt4 }),
  }),
];

const { values: options, positionals: names } = parseArgs({
  options: { write: { type: "boolean" }, measure: { type: "string" } },
  allowPositionals: true,
});
const exports = Object.keys(types);
const missing = exports.filter((name) => !kinds.some((known) => known.name === name));
const measured = kinds.find((_, index) => String(index) === options.measure);

if (missing.length > 0) {
  console.error(`There are no values here for ${missing.join(", ")}.`);
  process.exitCode = 1;
} else if (names.some((name) => !exports.includes(name)) || (options.write && names.length > 0)) {
  console.error("Usage: npm run speed:types [-- --write | -- TYPE...]");
  console.error(`The types: ${exports.join(", ")}.`);
  process.exitCode = 2;
} else if (options.measure === "all") {
  console.log(JSON.stringify(times(kinds.map(encoder))));
} else if (measured !== undefined) {
  console.log(JSON.stringify(times(inTurn(measured))));
} else {
  process.exitCode = await report();
}

/** @returns {Promise<number>} the exit code */
async function report() {
  const wanted = kinds.filter(({ name }) => names.length === 0 || names.includes(name));
  const speeds = await measure(wanted);
  const table = tableOf(speeds);
  console.log(table);
  if (options.write) {
    const folder = join(import.meta.dirname, "..", "docs");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "type-speed.md"), documentOf(table));
  }
  const slow = speeds.filter(({ alone, byHand = alone }) => alone > LIMIT * byHand);
  for (const { kind } of slow) {
    console.error(`Too slow beside the loop by hand: ${titleOf(kind)}, ${kind.values}.`);
  }
  return slow.length === 0 ? 0 : 1;
}

/**
 * Each kind in a process of its own, and all of them in one, one process at a time.
 * @param {Kind[]} wanted
 */
async function measure(wanted) {
  progress("all types in one process");
  const amongAll = await child("all");
  /** @type {Speed[]} */
  const speeds = [];
  for (const kind of wanted) {
    const index = kinds.indexOf(kind);
    progress(`${speeds.length + 1} of ${wanted.length}: ${titleOf(kind)}, ${kind.values}`);
    const [alone = Number.NaN, byHand] = await child(String(index));
    speeds.push({ kind, alone, byHand, amongAll: amongAll[index] ?? Number.NaN });
  }
  progress("done\n");
  return speeds;
}

/** @param {string} what */
function progress(what) {
  // A line that is written over, where there is a terminal for it.
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[KMeasuring ${what}`);
}

/**
 * @param {string} what an index of `kinds`, or "all"
 * @returns {Promise<number[]>} nanoseconds
 */
async function child(what) {
  const command = [import.meta.filename, "--measure", what];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  return JSON.parse(stdout);
}

/** @type {(codec: Codec, values: unknown[], out: ReusedWriter) => void} */
function encode(codec, values, out) {
  out.reset();
  for (const value of values) {
    writeField(codec, value, out);
  }
}

/**
 * @param {Kind} kind
 * @returns {() => Buffer} writes the values, and returns their bytes
 */
function encoder(kind) {
  const values = valuesOf(kind);
  const codec = kind.type.codecFor(kind.description);
  const out = new ReusedWriter();
  return () => {
    encode(codec, values, out);
    return out.written;
  };
}

/**
 * @param {Kind} kind
 * @returns {(() => Buffer)[]} its encoder, and its loop if it has one
 */
function inTurn(kind) {
  const ours = encoder(kind);
  const { loop } = kind;
  if (loop === undefined) {
    return [ours];
  }
  const values = /** @type {never[]} */ (valuesOf(kind));
  const out = Buffer.alloc(ROOM);
  const byHand = () => out.subarray(0, loop(values, out));
  if (!ours().equals(byHand())) {
    throw new Error(`The loop for ${titleOf(kind)}, ${kind.values}, writes other bytes.`);
  }
  return [ours, byHand];
}

/**
 * @param {Kind} kind
 * @returns {unknown[]} the same ones each time
 */
function valuesOf({ make }) {
  seed = 1;
  // Cloned, because strings that were put together are slower to read than those that came in.
  return structuredClone(many(VALUES, make));
}

/**
 * Nanoseconds per value of each pass, which take turns: whatever else the machine does meanwhile
 * slows all of them.
 * @param {(() => unknown)[]} passes
 */
function times(passes) {
  const counts = warmUp(passes);
  const rounds = passes.map(() => /** @type {number[]} */ ([]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, pass] of passes.entries()) {
      rounds[i]?.push(timeOf(pass, counts[i] ?? 1));
    }
  }
  return rounds.map(median);
}

/**
 * Runs all passes in turn until they are compiled, and says how many of each make a round.
 * @param {(() => unknown)[]} passes
 */
function warmUp(passes) {
  let counts = passes.map(() => 1);
  const end = performance.now() + WARM_UP_MS * passes.length;
  while (performance.now() < end) {
    counts = passes.map((pass, i) => {
      const nanoseconds = timeOf(pass, counts[i] ?? 1);
      return Math.max(1, Math.round((ROUND_MS * 1e6) / (nanoseconds * VALUES)));
    });
  }
  return counts;
}

/** @type {(pass: () => unknown, count: number) => number} */
function timeOf(pass, count) {
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    pass();
  }
  return ((performance.now() - start) * 1e6) / (count * VALUES);
}

/** @param {number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** @param {Kind} kind */
function titleOf({ type }) {
  return type.name.replace(/\(".*\)$/, "(…)");
}

/** @param {Speed[]} speeds */
function tableOf(speeds) {
  const rows = speeds.map(({ kind, alone, byHand, amongAll }) => [
    `\`${titleOf(kind)}\``,
    kind.values,
    shown(1000 / alone),
    shown(alone),
    shown(amongAll),
    byHand === undefined ? "" : shown(byHand),
    byHand === undefined ? "" : (alone / byHand).toFixed(2),
  ]);
  const header = ["type", "values", "million/s", "ns", "ns among all", "ns by hand", "of by hand"];
  const widths = header.map((title, i) =>
    Math.max(...[header, ...rows].map((row) => row[i]?.length ?? 0)),
  );
  /** @param {string[]} cells */
  const line = (cells) =>
    `| ${cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, i) => (i < 2 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [header, rule, ...rows].map(line).join("\n");
}

/** @param {number} value */
function shown(value) {
  return value.toFixed(value < 100 ? 1 : 0);
}

/** @param {string} table */
function documentOf(table) {
  const machine = `Node ${process.version} (${process.platform} ${process.arch}), ${availableParallelism()} cores`;
  return `# How fast values are encoded

\`npm run speed:types\` prints this table for your machine, and \`npm run speed:types -- --write\` writes it here. This one is of ${machine}, of which one is used.

- **million/s** and **ns** (a value): one kind of value in a process of its own. A field with its length is written into the buffer that goes to the server; ${VALUES} different values, the median of ${ROUNDS} rounds.
- **ns among all**: the same where one process writes all of these kinds. What has met one type only runs faster; a table of several columns is between the two.
- **ns by hand**: a loop for a column of that type alone, written by a \`DataView\` and \`Buffer\`'s methods into a buffer that is large enough, in turn with ours and to the same bytes (\`loops\` in [type-speed.mjs](../tools/type-speed.mjs)). The common types have one.
- **of by hand**: ns divided by that; below 1 we are faster. A loop that keeps one \`DataView\` for ever and knows its buffer's end is faster still for types of a few bytes, up to 2.6 times an encoder that writes into pages. The command fails if one is above ${LIMIT}.

${table}
`;
}

// @ts-check
// The kinds of values that are measured: each export of the registry has one or more.
import * as types from "../../packages/batch-copy/dist/codecs/registry.js";
import { loops } from "./loops.mjs";

/**
 * @import { ColumnType } from "../../packages/batch-copy/dist/codecs/column-type.js"
 * @import { TypeDescription } from "../../packages/batch-copy/dist/codecs/type-description.js"
 * @import { Loop } from "./loops.mjs"
 *
 * Values of one type that take the same path through its encoder. Common types have a `loop`.
 * @typedef {object} Kind
 * @property {string} name of the export
 * @property {ColumnType<any>} type
 * @property {string} values what they are
 * @property {() => unknown} make
 * @property {Loop | undefined} loop
 * @property {TypeDescription} description
 */

/** How many different values of a kind there are. */
export const VALUES = 512;

const EPOCH_MS = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;
const INT4_OID = 23;
const TEXT_OID = 25;

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
/** With two decimal places, the last of which is not zero. */
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
 * @param {ColumnType<any>} type
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

/** All kinds that are measured. @type {readonly Kind[]} */
export const kinds = [
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

/**
 * @param {Kind} kind
 * @returns {unknown[]} the same ones each time
 */
export function valuesOf({ make }) {
  seed = 1;
  // Cloned, because concatenated strings are slower to read than strings from a network or a file.
  return structuredClone(many(VALUES, make));
}

// @ts-check
// What docs/types.md says about each column type and cannot be derived from it. tools/type-docs.mjs
// checks what can be checked: one of the forms must accept each string, number or array in backticks
// in `accepts`, and one of them must refuse each in `invalid`.
import * as t from "../packages/batch-copy/dist/codecs/registry.js";

/**
 * @typedef {object} TypeText
 * @property {string} accepts
 * @property {string} [invalid]
 * @property {unknown} example a value that all forms accept
 * @property {string} returns
 * @property {readonly import("../packages/batch-copy/dist/codecs/column-type.js").ColumnType<any>[]} [forms]
 * the column types that the export creates, if it is not one itself
 * @property {Readonly<Record<string, string | number>>} [parameters] of the forms, which are shown by name
 * @property {readonly string[]} [attributes] of a composite type
 *
 * @typedef {object} Family
 * @property {string} title
 * @property {string} [intro]
 * @property {Readonly<Record<string, TypeText>>} types by the name of the export
 */

const UINT32 = {
  accepts: 'an integer `number` from `0` to `4294967295`, or its decimal digits: `"26"`',
  invalid: "`-1`, `4294967296`",
  example: "26",
  returns: "a `number`",
};

const NEWER_DIGITS = 'the forms that only PostgreSQL 16 and later read: `"0x2a"`, `"1_000"`';

/** @param {string} object */
function oidOf(object) {
  return {
    accepts: `the OID of ${object}, as for \`oid\`, or \`"-"\` for none`,
    invalid: 'a name, because only the server can resolve it: `"pg_class"`',
    example: 1259,
    returns: "a `number`",
  };
}

const SNAPSHOT = {
  accepts: 'a string: `"10:20:10,14,15"`, `"10:20:"`',
  invalid: 'a transaction that occurs twice, is out of order or out of bounds: `"10:20:14,14"`',
  example: "10:20:10,14,15",
  returns: "a string",
};

const DIMENSIONS = { n: 3 };
const POSTGIS = { type: '"Point"', srid: 4326 };

/** @type {readonly Family[]} */
export const families = [
  {
    title: "Booleans and numbers",
    types: {
      bool: {
        accepts:
          '`true`, `false`, or a string that PostgreSQL reads as a boolean, in upper or lower case: `"t"`, `"yes"`, `"off"`, `"0"`',
        invalid: '`1`, `"o"`',
        example: true,
        returns: "a `boolean`",
      },
      int2: {
        accepts: 'an integer `number` from `-32768` to `32767`, or its decimal digits: `"42"`',
        invalid: `\`32768\`, \`1.5\`, ${NEWER_DIGITS}`,
        example: 42,
        returns: "a `number`",
      },
      int4: {
        accepts:
          'an integer `number` from `-2147483648` to `2147483647`, or its decimal digits: `"42"`',
        invalid: `\`2147483648\`, \`1.5\`, ${NEWER_DIGITS}`,
        example: 42,
        returns: "a `number`",
      },
      int8: {
        accepts:
          'a 64-bit `bigint`, a `number` that is a safe integer, or decimal digits: `"9223372036854775807"`',
        invalid: `\`9007199254740992\`, ${NEWER_DIGITS}`,
        example: 42,
        returns: "a `bigint`",
      },
      float4: {
        accepts:
          'any `number`, including NaN and infinities, or its text: `"1.5e3"`, `"-inf"`, `"NaN"`; it is rounded to single precision',
        invalid: 'a value that would round to infinity or 0: `1e39`, `"1e-46"`',
        example: 0.1,
        returns: "the rounded `number`",
      },
      float8: {
        accepts:
          'any `number`, including NaN and infinities, or its text: `"1.5e3"`, `"-inf"`, `"NaN"`; text is rounded to double precision',
        invalid: 'text that would round to infinity or 0: `"1e309"`; hexadecimal: `"0x10"`',
        example: 0.1,
        returns: "the `number`",
      },
      numeric: {
        forms: [t.numeric(10, 2), t.numeric()],
        parameters: { p: 10, s: 2 },
        accepts:
          'a string: `"-12.50"`, `"1e-7"`, `"NaN"`; a `bigint`; a `number`, as JavaScript prints it; `numeric()` also accepts `"Infinity"` and `"-Infinity"` (PostgreSQL 14)',
        invalid:
          'a value with more digits than the column has, because it would be rounded: `"0.125"` for `numeric(10, 2)`',
        example: 12.5,
        returns: "a decimal string",
      },
      money: {
        accepts:
          "an amount in the smallest unit of `lc_monetary` (cents for `en_US`): a 64-bit `bigint` or a safe integer",
        invalid: 'text, because its meaning depends on that setting: `"1,234.50"`',
        example: 123_450,
        returns: "a `bigint`",
      },
    },
  },
  {
    title: "Text",
    intro:
      "A string cannot contain U+0000 or a lone surrogate, because PostgreSQL cannot store them.",
    types: {
      text: { accepts: "a string", example: "hello, world", returns: "the string" },
      varchar: {
        forms: [t.varchar(255), t.varchar()],
        parameters: { n: 255 },
        accepts: "a string of at most n characters (code points)",
        invalid: "a longer string, even if the rest is spaces",
        example: "hello, world",
        returns: "the string",
      },
      bpchar: {
        accepts: "a string; trailing spaces are stored, but ignored in comparisons",
        example: "ab ",
        returns: "the string",
      },
      char: {
        forms: [t.char(5)],
        parameters: { n: 5 },
        accepts: "a string of at most n characters, not counting trailing spaces",
        invalid: "a longer string",
        example: "ab ",
        returns: "the string without trailing spaces",
      },
      charInternal: {
        accepts: 'one ASCII character, `""` for the byte 0, or any byte in octal: `"\\\\351"`',
        invalid: '`"é"`, `"ab"`',
        example: "A",
        returns: "the same; bytes of 128 and above in octal",
      },
      name: {
        accepts: "a string of at most 63 bytes of UTF-8",
        invalid: "a longer string",
        example: "pg_class",
        returns: "the string",
      },
      refcursor: { accepts: "a string", example: "my_cursor", returns: "the string" },
      xml: {
        accepts: "a string; the server checks whether it is well-formed",
        invalid: "an XML declaration with an encoding other than UTF-8",
        example: "<a>1</a>",
        returns: "the string",
      },
    },
  },
  {
    title: "Bytes, bits, UUIDs",
    types: {
      bytea: {
        accepts:
          'a `Uint8Array` (a `Buffer` is one), whose bytes are copied immediately; or the hex format that the server prints: `"\\\\x00ff"`',
        invalid: 'any other string: `"00ff"`, `"abc"`',
        example: new Uint8Array([1, 2, 255]),
        returns: "a `Buffer`",
      },
      uuid: {
        accepts:
          "a string in any form that PostgreSQL reads: in upper or lower case, with or without braces, with or without a hyphen after any group of four digits",
        invalid: '`"a0eebc99"`',
        example: "{A0EEBC99-9C0B4EF8-BB6D6BB9-BD380A11}",
        returns: "a lower-case string with four hyphens",
      },
      bit: {
        forms: [t.bit(7), t.bit()],
        parameters: { n: 7 },
        accepts: "a string of exactly n characters 0 or 1; of any length for `bit()`",
        invalid: '`"2"`, `5`',
        example: "1010101",
        returns: "the string",
      },
      varbit: {
        forms: [t.varbit(64), t.varbit()],
        parameters: { n: 64 },
        accepts: "a string of at most n characters 0 or 1; of any length for `varbit()`",
        invalid: '`"2"`, `5`',
        example: "101",
        returns: "the string",
      },
    },
  },
  {
    title: "JSON",
    intro:
      "A string is a JSON string: pass a document as the value that `JSON.parse` returns, not as text. In the text form of an array or a composite value, an element could be a JSON string or a document, so `json` and `jsonb` are not accepted there. An object that `JSON.stringify` would silently turn into `{}` is an error wherever it is in the document: a promise, a `Map`, a `Set`, an instance whose values are behind getters and that has no `toJSON`.",
    types: {
      json: {
        accepts:
          "any value that `JSON.stringify` accepts, by its rules; a top-level `null` is the SQL NULL",
        invalid:
          "a value that `JSON.stringify` turns into `null` as a whole, such as NaN; a promise, a `Map`",
        example: { id: 1, tags: ["a", null] },
        returns: "the value that `JSON.parse` returns",
      },
      jsonb: {
        accepts: "the same as `json`",
        invalid: "as for `json`; also U+0000 or a lone surrogate in a string",
        example: { id: 1, tags: ["a", null] },
        returns: "the value that `JSON.parse` returns",
      },
      jsonpath: {
        accepts: "a string; the server checks its syntax",
        example: "$.a[*] ? (@.b > 1)",
        returns: "the string",
      },
    },
  },
  {
    title: "Dates and times",
    intro:
      '`p` is the number of decimal places of a second, 0 to 6. A value with more decimal places is an error, because it would be rounded; so is a value that is more precise than a microsecond. The fields of an interval are those of SQL, such as `"day to second"`; an interval with smaller units is an error.\n\n**A `Date` for `timestamp` and `date`**: batch-copy stores the UTC clock of a `Date`. node-postgres stores and reads it in local time. If your process does not run in UTC, the two differ: use `timestamptz`, or pass strings.',
    types: {
      date: {
        accepts:
          '`"2026-11-22"`, `"0044-03-15 BC"`, `"infinity"`, `"-infinity"` (or the numbers `Infinity`, `-Infinity`), a `Temporal.PlainDate`, a `Date` at midnight UTC (node-postgres stores and reads a `Date` in local time)',
        invalid: 'a `Date` that is not at midnight UTC, `"2026-02-30"`, `"2026-11-22T08:39"`',
        example: new Date("2026-11-22T00:00:00Z"),
        returns: "a string",
      },
      timestamp: {
        forms: [t.timestamp, t.timestamp(3)],
        parameters: { p: 3 },
        accepts:
          '`"2026-11-22T08:39:41.123456"`, `"2026-11-22 08:39"`, `"2026-11-22"`, `"infinity"`, `"-infinity"` (or the numbers `Infinity`, `-Infinity`), a `Temporal.PlainDateTime`, a `Date`, whose UTC clock is stored (node-postgres stores and reads its local clock)',
        invalid: 'a string with a time zone: `"2026-11-22T08:39:41Z"`',
        example: new Date("2026-11-22T08:39:41.120Z"),
        returns: "a string without a time zone, with microseconds",
      },
      timestamptz: {
        forms: [t.timestamptz, t.timestamptz(3)],
        parameters: { p: 3 },
        accepts:
          'a `Date`, `"2026-11-22T08:39:41.123456Z"`, `"2026-11-22 09:39:41+01"`, `"infinity"`, `"-infinity"` (or the numbers `Infinity`, `-Infinity`), a `Temporal.Instant`, a `Temporal.ZonedDateTime`',
        invalid: 'a string without a time zone: `"2026-11-22T08:39:41"`',
        example: "2026-11-22 09:39:41.12+01",
        returns: "a string in UTC, with microseconds",
      },
      time: {
        forms: [t.time, t.time(3)],
        parameters: { p: 3 },
        accepts: '`"08:39:41.123456"`, `"08:39"`, up to `"24:00:00"`, a `Temporal.PlainTime`',
        invalid: 'a string with a time zone: `"08:39Z"`',
        example: "08:39",
        returns: "a string",
      },
      timetz: {
        forms: [t.timetz, t.timetz(3)],
        parameters: { p: 3 },
        accepts:
          'a string with a time zone: `"08:39:41.123456+02"`, `"08:39Z"`, `"08:39:41-07:30:15"`',
        invalid: 'a string without one: `"08:39"`',
        example: "08:39Z",
        returns: "a string",
      },
      interval: {
        forms: [
          t.interval,
          t.interval(3),
          t.interval("day to second"),
          t.interval("day to second", 3),
        ],
        parameters: { fields: '"day to second"', p: 3 },
        accepts:
          'an object with one or more of `years`, `months`, `days`, `hours`, `minutes`, `seconds`, `milliseconds`, `microseconds`, such as the interval objects of node-postgres; an ISO 8601 duration: `"P1Y2M3DT4H5M6.789S"`; what the server prints: `"1 year 2 mons 3 days 04:05:06.789"`; a `Temporal.Duration`; `"infinity"` and `"-infinity"` (PostgreSQL 17)',
        invalid:
          'text whose signs depend on `intervalstyle`: `"-1 day 02:00:00"`; a fraction of a day or of a longer unit: `"1.5 days"`',
        example: "P1Y2M3DT4H5M6.789S",
        returns:
          "`{ months, days, microseconds }` with `microseconds` as a `bigint`, or the name of an infinity",
      },
    },
  },
  {
    title: "Network addresses",
    types: {
      cidr: {
        accepts:
          'a network: `"192.0.2.0/24"`, `"2001:db8::/32"`; trailing IPv4 octets may be omitted: `"10.1/16"`, `"10"`',
        invalid: 'a network with bits set to the right of its prefix length: `"192.0.2.1/24"`',
        example: "192.168",
        returns: "the string that PostgreSQL prints",
      },
      inet: {
        accepts:
          'an address with or without a prefix length: `"192.0.2.1"`, `"192.0.2.1/24"`, `"2001:db8::1/64"`, `"10/8"`',
        invalid: '`"192.0.2"`, `"example.com"`',
        example: "2001:DB8:0:0::1/64",
        returns: "the string that PostgreSQL prints",
      },
      macaddr: {
        accepts:
          'six bytes in hexadecimal: `"08:00:2b:01:02:03"`, `"08-00-2b-01-02-03"`, `"08002b:010203"`, `"0800.2b01.0203"`, `"08002b010203"`',
        invalid: '`"08:00:2b:01:02:03:04:05"`',
        example: "0800.2B01.0203",
        returns: "a lower-case string with colons",
      },
      macaddr8: {
        accepts:
          'eight bytes in hexadecimal, with colons, hyphens or dots as separators, or without; six bytes are extended with `ff:fe` in the middle: `"08:00:2b:01:02:03"`',
        invalid: '`"8:0:2b:1:2:3"`',
        example: "08002b0102030405",
        returns: "a lower-case string with colons",
      },
    },
  },
  {
    title: "System types",
    types: {
      oid: UINT32,
      regclass: oidOf("a relation"),
      regcollation: oidOf("a collation"),
      regconfig: oidOf("a text search configuration"),
      regdictionary: oidOf("a text search dictionary"),
      regnamespace: oidOf("a schema"),
      regoper: oidOf("an operator"),
      regoperator: oidOf("an operator with its arguments"),
      regproc: oidOf("a function"),
      regprocedure: oidOf("a function with its arguments"),
      regrole: oidOf("a role"),
      regtype: oidOf("a type"),
      cid: UINT32,
      xid: UINT32,
      xid8: {
        accepts:
          'a `bigint` from 0 to 2^64 - 1, a `number` that is a safe integer, or decimal digits: `"18446744073709551615"`',
        invalid: '`-1`, `"18446744073709551616"`',
        example: 742,
        returns: "a `bigint`",
      },
      pg_snapshot: SNAPSHOT,
      txid_snapshot: SNAPSHOT,
      tid: {
        accepts: '`{ block, offset }`, or a string: `"(0,1)"`',
        invalid: '`"(0,65536)"`',
        example: "(0,1)",
        returns: "the object",
      },
      pg_lsn: {
        accepts: 'a string: `"16/B374D848"`; or the byte position as a `bigint`',
        invalid: "a `number`: `1`",
        example: 0x16_b374_d848n,
        returns: "a string",
      },
      int2vector: {
        accepts:
          'an array of 16-bit integers, or a string of them: `[1, 2, 3]`, `"1 2 3"`; at most 100 elements in PostgreSQL 13',
        invalid: "an empty vector, which the server accepts only in text format: `[]`",
        example: "1 2 3",
        returns: "an array",
      },
      oidvector: {
        accepts:
          'an array of integers from 0 to 4294967295, or a string of them: `[26, 4294967295]`, `"26 2276"`; at most 100 elements in PostgreSQL 13',
        invalid: "an empty vector, which the server accepts only in text format: `[]`",
        example: "26 2276",
        returns: "an array",
      },
    },
  },
  {
    title: "Geometric types",
    intro: "Coordinates are numbers, including NaN and infinities.",
    types: {
      box: {
        accepts:
          'an array of two opposite corners, or text: `"(3,4),(1,2)"`, `"((3,4),(1,2))"`, `"3,4,1,2"`',
        example: [
          { x: 1, y: 2 },
          { x: 3, y: 4 },
        ],
        returns: "the upper right corner and the lower left one",
      },
      circle: {
        accepts:
          '`{ center, radius }`, `{ x, y, radius }` (as node-postgres reads it), or text: `"<(1,2),3>"`, `"((1,2),3)"`, `"(1,2),3"`, `"1,2,3"`',
        invalid: 'a negative radius: `"<(1,2),-3>"`',
        example: "<(1,2),3>",
        returns: "the object",
      },
      line: {
        accepts: '`{ a, b, c }` of the equation ax + by + c = 0, or text: `"{1,2,3}"`',
        invalid: 'a line whose `a` and `b` are both zero: `"{0,0,1}"`',
        example: "{1,2,3}",
        returns: "the object",
      },
      lseg: {
        accepts:
          'an array of its two end points, or text: `"[(1,2),(3,4)]"`, `"((1,2),(3,4))"`, `"(1,2),(3,4)"`, `"1,2,3,4"`',
        example: "[(1,2),(3,4)]",
        returns: "an array of its two end points",
      },
      point: {
        accepts: '`{ x, y }`, or text: `"(1,2)"`, `"1,2"`',
        example: "(1,2)",
        returns: "the object",
      },
      path: {
        accepts:
          '`{ points, open }`, or text: open `"[(1,2),(3,4)]"`, closed `"((1,2),(3,4))"`, `"(1,2),(3,4)"`, `"1,2,3,4"`',
        invalid: "a path without points",
        example: "[(1,2),(3,4)]",
        returns: "the object",
      },
      polygon: {
        accepts:
          'an array of its corners, or text: `"((1,2),(3,4),(5,0))"`, `"(1,2),(3,4),(5,0)"`, `"1,2,3,4,5,0"`',
        invalid: "a polygon without corners: `[]`",
        example: "((1,2),(3,4),(5,0))",
        returns: "an array of its corners",
      },
    },
  },
  {
    title: "Text search",
    intro:
      "These types do not parse documents or search terms into words: `to_tsvector` and `to_tsquery` do.",
    types: {
      tsvector: {
        accepts:
          'an object with an array of positions for each word, `{ fat: [2, "4A"], rat: [] }`, or text: `"a:1A,2B \'two words\':3"`',
        invalid:
          'a position above 16383, more than 256 positions of a word, a word of more than 2046 bytes: `"a:16384"`',
        example: { rat: [], fat: [2, "4A"] },
        returns: "the text that the server prints, with sorted words",
      },
      tsquery: {
        accepts:
          'text: `"fat & (rat | cat) & !dog"`, `"super:*A"`, `"a <-> b <2> c"`; the server stores at most about 8 kB',
        invalid: 'the empty query, which PostgreSQL does not accept in binary format: `""`',
        example: "fat & (rat | cat) & !dog",
        returns:
          "the text that the server prints, but with parentheses around a right operand that has the same operator",
      },
    },
  },
  {
    title: "Extensions that come with PostgreSQL",
    intro:
      "These types need `CREATE EXTENSION` of hstore, citext, ltree (also for `lquery` and `ltxtquery`) or cube. `cube` needs PostgreSQL 14, because it has no binary format in PostgreSQL 13.",
    types: {
      hstore: {
        accepts:
          'an object or a `Map` with values that are strings or `null`, or text: `"a=>1, b=>NULL"`',
        invalid: 'text in which a key occurs more than once: `"a=>1, a=>2"`',
        example: new Map([
          ["a", "1"],
          ["b", null],
        ]),
        returns: "an object",
      },
      citext: { accepts: "a string", example: "Ada", returns: "the string" },
      lquery: {
        accepts: 'a pattern: `"Top.*{1,2}.!Sci|Art*@"`',
        invalid: '`"a b"`',
        example: "Top.*{1,2}.!Sci|Art*@",
        returns: "the string",
      },
      ltree: {
        accepts:
          'labels separated by dots; a label consists of letters, digits, `_` and (PostgreSQL 16) `-`: `"Top.Science"`',
        invalid: '`"Top..Science"`, `"a b"`',
        example: "Top.Science.Astronomy",
        returns: "the string",
      },
      ltxtquery: {
        accepts: 'words with operators: `"Europe & (Russia*@ | !Asia)"`',
        invalid: '`"Europe Russia"`',
        example: "Europe & Russia*@",
        returns: "the string",
      },
      cube: {
        accepts:
          '`{ lower, upper }`, an array of numbers for a point, or text: `"(1,2),(3,4)"`, `"[(1,2),(3,4)]"`, `"(1,2)"`, `"1,2"`',
        invalid:
          'more than 100 dimensions, corners with different numbers of dimensions: `"(1,2),(3)"`',
        example: "(1,2),(3,4)",
        returns: "the object, or an array if both corners are the same",
      },
    },
  },
  {
    title: "pgvector",
    intro: "Tested against pgvector 0.8. `n` is the number of dimensions.",
    types: {
      halfvec: {
        forms: [t.halfvec(3), t.halfvec()],
        parameters: DIMENSIONS,
        accepts: "as for `vector`, but each number is rounded to half precision",
        invalid:
          "as for `vector`; also a number that is beyond ±65504 after rounding: `[65520, 0, 0]`",
        example: [1, 0.1, 0],
        returns: "an array of the rounded numbers",
      },
      vector: {
        forms: [t.vector(3), t.vector()],
        parameters: DIMENSIONS,
        accepts:
          'an array of 1 to 16000 numbers, a `Float32Array`, a `Float64Array`, or text: `"[1,2,3]"`; each number is rounded to single precision',
        invalid: "NaN, an infinity, a number out of range, another number of dimensions: `[1, 2]`",
        example: new Float32Array([1, 0.5, 0]),
        returns: "an array of the rounded numbers",
      },
      sparsevec: {
        forms: [t.sparsevec(5), t.sparsevec()],
        parameters: { n: 5 },
        accepts:
          '`{ dimensions, entries }` with entries as an object, a `Map` or pairs, whose indices start at 0; or text, whose indices start at 1: `"{1:1.5,3:2}/5"`; numbers are rounded to single precision, zeros are left out',
        invalid:
          'an index that occurs more than once, a number that rounds to zero, another number of dimensions: `"{1:1}/4"`',
        example: { dimensions: 5, entries: { 0: 1.5, 2: 2 } },
        returns: "the object with entries as pairs",
      },
    },
  },
  {
    title: "PostGIS",
    intro:
      'Tested against PostGIS 3.3. The type is a PostGIS geometry type, such as `"Point"`, `"MultiPolygonZ"` or `"GeometryM"`. batch-copy checks only the header of EWKB; the server checks the rest. If the type is a multi geometry, PostGIS 3.4 and later also accept a single one.',
    types: {
      geography: {
        forms: [t.geography("Point", 4326), t.geography()],
        parameters: POSTGIS,
        accepts: "as for `geometry`, but simple features only; the default SRID is 4326",
        invalid: "as for `geometry`; also a longitude or latitude out of range in GeoJSON",
        example: { type: "Point", coordinates: [1, 2] },
        returns: "EWKB as a `Buffer`",
      },
      geometry: {
        forms: [t.geometry("Point", 4326), t.geometry("Point"), t.geometry()],
        parameters: POSTGIS,
        accepts:
          "EWKB as a `Uint8Array` or in hexadecimal digits; a GeoJSON geometry, whose SRID is 4326 unless its `crs` has another",
        invalid:
          'a type, SRID or number of dimensions other than that of the column; WKT: `"POINT(1 2)"`',
        example: { type: "Point", coordinates: [1, 2] },
        returns: "EWKB as a `Buffer`",
      },
    },
  },
  {
    title: "Arrays, enums, domains, composite types, ranges",
    intro:
      'These types are made of other column types. PostgreSQL finds types of your own by the `search_path`; to name a schema, pass it as the last argument: `enumOf("mood", ["sad", "ok"], { schema: "app" })`. Ranges of `int4`, `int8`, `numeric()`, `timestamp`, `timestamptz` and `date` are built in; any other range needs its name: `rangeOf(float8, "floatrange")`. Multiranges need PostgreSQL 14.',
    types: {
      arrayOf: {
        forms: [t.arrayOf(t.int4)],
        accepts:
          'an array, nested for more dimensions (at most 6), with `null` for NULL; `{ elements, dimensions, lowerBounds }`; or text: `"{1,NULL}"`, `"{{1,2},{3,4}}"`, `"[0:1]={1,2}"`',
        invalid:
          '`undefined` as an element, nested arrays of different lengths: `[[1], [2, 3]]`, `"{{1},{2,3}}"`',
        example: [
          [1, 2],
          [3, null],
        ],
        returns:
          "an array; the object form if an index does not start at 1, or for several dimensions of elements that may be arrays themselves (`json`, `polygon`)",
      },
      compositeOf: {
        forms: [t.compositeOf("place", { street: t.text, zip: t.text })],
        attributes: ["street", "zip"],
        accepts:
          'an object with the attributes as keys, or an instance of a class with getters for them; an attribute that is left out is NULL; or text with all attributes: `"(Main Street 1,12345)"`',
        invalid:
          'an object with other keys, a promise, a `Map`; text with some of the attributes: `"(Main Street 1)"`',
        example: { street: "Main Street 1" },
        returns: "an object with all attributes",
      },
      domainOf: {
        forms: [t.domainOf("email_address", t.text)],
        accepts: "what its base type accepts; the server checks the constraints of the domain",
        example: "ada@example.com",
        returns: "the value of its base type",
      },
      enumOf: {
        forms: [t.enumOf("mood", ["sad", "ok"])],
        accepts: "one of its labels",
        invalid: '`"happy"`',
        example: "ok",
        returns: "the label",
      },
      multirangeOf: {
        forms: [t.multirangeOf(t.date)],
        accepts:
          'an array of ranges, which the server sorts and merges; or text: `"{[2026-01-01,2026-02-01),[2026-03-01,)}"`',
        invalid: '`null` as a range, `"[2026-01-01,)"`',
        example: [{ lower: "2026-11-22", upper: null }],
        returns: "an array of ranges",
      },
      rangeOf: {
        forms: [t.rangeOf(t.int4)],
        accepts:
          '`{ lower, upper, lowerInclusive, upperInclusive }` with `null` for an infinite bound; `lowerInclusive` defaults to `true`, `upperInclusive` to `false`; or text: `"[1,5)"`, `"(,5]"`, `"empty"`',
        invalid: 'an object without one of the bounds; `"1,5"`',
        example: { lower: 1, upper: 5 },
        returns: 'an object with all four keys, or `"empty"`',
      },
    },
  },
];

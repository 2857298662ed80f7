// @ts-check
// What docs/types.md says of each column type and cannot be derived from it. tools/type-docs.mjs
// checks what can be checked: in `takes`, each string, number or array in backticks must be taken by
// one of the forms, and in `refuses` be refused by one of them.
import * as t from "../packages/batch-copy/dist/codecs/registry.js";

/**
 * @typedef {object} TypeText
 * @property {string} takes
 * @property {string} [refuses]
 * @property {unknown} example a value for each of the forms
 * @property {string} returns
 * @property {readonly import("../packages/batch-copy/dist/codecs/column-type.js").ColumnType<any>[]} [forms]
 * the column types that the export makes, if it is not one itself
 * @property {Readonly<Record<string, string | number>>} [parameters] of the forms, to show by name
 * @property {readonly string[]} [attributes] of a composite type
 *
 * @typedef {object} Family
 * @property {string} title
 * @property {string} [intro]
 * @property {Readonly<Record<string, TypeText>>} types by the name of the export
 */

const UINT32 = {
  takes: 'an integer `number`, `0` to `4294967295`, or its decimal digits: `"26"`',
  refuses: "`-1`, `4294967296`",
  example: "26",
  returns: "a `number`",
};

const NEWER_DIGITS = 'what only PostgreSQL 16 and later read: `"0x2a"`, `"1_000"`';

/** @param {string} object */
function oidOf(object) {
  return {
    takes: `the OID of ${object}, as for \`oid\`, or \`"-"\` for none`,
    refuses: 'a name, which only the server can resolve: `"pg_class"`',
    example: 1259,
    returns: "a `number`",
  };
}

const SNAPSHOT = {
  takes: 'a string: `"10:20:10,14,15"`, `"10:20:"`',
  refuses: 'a transaction twice, out of order or out of bounds: `"10:20:14,14"`',
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
        takes:
          '`true`, `false`, or a string that PostgreSQL reads as one, in letters of any case: `"t"`, `"yes"`, `"off"`, `"0"`',
        refuses: '`1`, `"o"`',
        example: true,
        returns: "a `boolean`",
      },
      int2: {
        takes: 'an integer `number`, `-32768` to `32767`, or its decimal digits: `"42"`',
        refuses: `\`32768\`, \`1.5\`, ${NEWER_DIGITS}`,
        example: 42,
        returns: "a `number`",
      },
      int4: {
        takes: 'an integer `number`, `-2147483648` to `2147483647`, or its decimal digits: `"42"`',
        refuses: `\`2147483648\`, \`1.5\`, ${NEWER_DIGITS}`,
        example: 42,
        returns: "a `number`",
      },
      int8: {
        takes:
          'a `bigint` of 64 bits, a `number` that is a safe integer, or its decimal digits: `"9223372036854775807"`',
        refuses: `\`9007199254740992\`, ${NEWER_DIGITS}`,
        example: 42,
        returns: "a `bigint`",
      },
      float4: {
        takes:
          'any `number`, NaN and the infinities too, or its text: `"1.5e3"`, `"-inf"`, `"NaN"`; rounded to single precision',
        refuses: 'what would round to infinity or 0: `1e39`, `"1e-46"`',
        example: 0.1,
        returns: "the rounded `number`",
      },
      float8: {
        takes:
          'any `number`, NaN and the infinities too, or its text: `"1.5e3"`, `"-inf"`, `"NaN"`, rounded to double precision',
        refuses: 'what would round to infinity or 0: `"1e309"`; `"0x10"`',
        example: 0.1,
        returns: "the `number`",
      },
      numeric: {
        forms: [t.numeric(10, 2), t.numeric()],
        parameters: { p: 10, s: 2 },
        takes:
          'a string `"-12.50"`, `"1e-7"` or `"NaN"`, a `bigint`, or a `number` as JavaScript prints it; `numeric()` also `"Infinity"` and `"-Infinity"` (PostgreSQL 14)',
        refuses: 'more digits than the column has, never rounded: `"0.125"` for `numeric(10, 2)`',
        example: 12.5,
        returns: "a decimal string",
      },
      money: {
        takes:
          "a `bigint` of 64 bits or a safe integer, which counts the smallest unit of `lc_monetary`: cents for `en_US`",
        refuses: 'text, whose meaning depends on that setting: `"1,234.50"`',
        example: 123_450,
        returns: "a `bigint`",
      },
    },
  },
  {
    title: "Text",
    intro: "No string may hold U+0000 or a lone surrogate: PostgreSQL cannot store them.",
    types: {
      text: { takes: "a string", example: "hello, world", returns: "the string" },
      varchar: {
        forms: [t.varchar(255), t.varchar()],
        parameters: { n: 255 },
        takes: "a string of at most n characters (code points)",
        refuses: "a longer one, also if only by blanks",
        example: "hello, world",
        returns: "the string",
      },
      bpchar: {
        takes: "a string; blanks at its end stay, but do not count in comparisons",
        example: "ab ",
        returns: "the string",
      },
      char: {
        forms: [t.char(5)],
        parameters: { n: 5 },
        takes: "a string of at most n characters, blanks at its end not counted",
        refuses: "a longer one",
        example: "ab ",
        returns: "the string without blanks at its end",
      },
      charInternal: {
        takes: 'one ASCII character, `""` for the byte 0, `"\\\\351"` (octal) for any byte',
        refuses: '`"é"`, `"ab"`',
        example: "A",
        returns: "the same; bytes from 128 on in octal",
      },
      name: {
        takes: "a string of at most 63 bytes of UTF-8",
        refuses: "a longer one",
        example: "pg_class",
        returns: "the string",
      },
      refcursor: { takes: "a string", example: "my_cursor", returns: "the string" },
      xml: {
        takes: "a string; the server checks whether it is well-formed",
        refuses: "a declaration of another encoding than UTF-8",
        example: "<a>1</a>",
        returns: "the string",
      },
    },
  },
  {
    title: "Bytes, bits, UUIDs",
    types: {
      bytea: {
        takes:
          'a `Uint8Array`, so a `Buffer` too, whose bytes are copied at once; or what the server prints: `"\\\\x00ff"`',
        refuses: 'any other string: `"00ff"`, `"abc"`',
        example: new Uint8Array([1, 2, 255]),
        returns: "a `Buffer`",
      },
      uuid: {
        takes:
          "a string in any form that PostgreSQL reads: upper or lower case, with or without braces, hyphens after any four digits or none",
        refuses: '`"a0eebc99"`',
        example: "{A0EEBC99-9C0B4EF8-BB6D6BB9-BD380A11}",
        returns: "a string in lower case with four hyphens",
      },
      bit: {
        forms: [t.bit(7), t.bit()],
        parameters: { n: 7 },
        takes: "a string of exactly n characters 0 and 1; any number for `bit()`",
        refuses: '`"2"`, `5`',
        example: "1010101",
        returns: "the string",
      },
      varbit: {
        forms: [t.varbit(64), t.varbit()],
        parameters: { n: 64 },
        takes: "a string of at most n characters 0 and 1; any number for `varbit()`",
        refuses: '`"2"`, `5`',
        example: "101",
        returns: "the string",
      },
    },
  },
  {
    title: "JSON",
    intro:
      "A string is a JSON string: pass a document as what `JSON.parse` makes of it, not as text. In the text of an array or of a composite value a document could be meant as either, so `json` and `jsonb` are refused there.",
    types: {
      json: {
        takes: "what `JSON.stringify` turns into text, by its rules; `null` alone is the SQL NULL",
        refuses: "what as a whole becomes the JSON null, such as NaN",
        example: { id: 1, tags: ["a", null] },
        returns: "what `JSON.parse` makes of the text",
      },
      jsonb: {
        takes: "the same as `json`",
        refuses: "also U+0000 and lone surrogates in its strings",
        example: { id: 1, tags: ["a", null] },
        returns: "what `JSON.parse` makes of the text",
      },
      jsonpath: {
        takes: "a string; the server checks its syntax",
        example: "$.a[*] ? (@.b > 1)",
        returns: "the string",
      },
    },
  },
  {
    title: "Dates and times",
    intro:
      '`p` is the number of digits behind the point of a second, 0 to 6. A value with more of them is refused, never rounded; so is anything finer than a microsecond. The fields of an interval are those of SQL, such as `"day to second"`; an interval with finer parts is refused.',
    types: {
      date: {
        takes:
          '`"2026-11-22"`, `"0044-03-15 BC"`, `"infinity"`, `"-infinity"`, a `Temporal.PlainDate`, a `Date` at midnight UTC',
        refuses: 'a `Date` with a time of day, `"2026-02-30"`, `"2026-11-22T08:39"`',
        example: new Date("2026-11-22T00:00:00Z"),
        returns: "a string",
      },
      timestamp: {
        forms: [t.timestamp, t.timestamp(3)],
        parameters: { p: 3 },
        takes:
          '`"2026-11-22T08:39:41.123456"`, `"2026-11-22 08:39"`, `"2026-11-22"`, `"infinity"`, `"-infinity"`, a `Temporal.PlainDateTime`, a `Date` (its UTC clock)',
        refuses: 'a time zone: `"2026-11-22T08:39:41Z"`',
        example: new Date("2026-11-22T08:39:41.120Z"),
        returns: "a string without a zone, to the microsecond",
      },
      timestamptz: {
        forms: [t.timestamptz, t.timestamptz(3)],
        parameters: { p: 3 },
        takes:
          'a `Date`, `"2026-11-22T08:39:41.123456Z"`, `"2026-11-22 09:39:41+01"`, `"infinity"`, `"-infinity"`, a `Temporal.Instant`, a `Temporal.ZonedDateTime`',
        refuses: 'a string without its zone: `"2026-11-22T08:39:41"`',
        example: "2026-11-22 09:39:41.12+01",
        returns: "a string in UTC, to the microsecond",
      },
      time: {
        forms: [t.time, t.time(3)],
        parameters: { p: 3 },
        takes: '`"08:39:41.123456"`, `"08:39"`, up to `"24:00:00"`, a `Temporal.PlainTime`',
        refuses: 'a time zone: `"08:39Z"`',
        example: "08:39",
        returns: "a string",
      },
      timetz: {
        forms: [t.timetz, t.timetz(3)],
        parameters: { p: 3 },
        takes: 'a string with its zone: `"08:39:41.123456+02"`, `"08:39Z"`, `"08:39:41-07:30:15"`',
        refuses: 'one without: `"08:39"`',
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
        takes:
          '`{ months, days, microseconds }` (one of them at least), an ISO 8601 duration `"P1Y2M3DT4H5M6.789S"`, what the server prints `"1 year 2 mons 3 days 04:05:06.789"`, a `Temporal.Duration`, `"infinity"` and `"-infinity"` (PostgreSQL 17)',
        refuses:
          'texts whose signs depend on `intervalstyle`: `"-1 day 02:00:00"`; fractions of a day or anything longer: `"1.5 days"`',
        example: "P1Y2M3DT4H5M6.789S",
        returns: "`{ months, days, microseconds }`, the last a `bigint`, or an infinity's name",
      },
    },
  },
  {
    title: "Network addresses",
    types: {
      cidr: {
        takes:
          'a network: `"192.0.2.0/24"`, `"2001:db8::/32"`; octets of IPv4 may be left out at its end: `"10.1/16"`, `"10"`',
        refuses: 'bits behind the prefix: `"192.0.2.1/24"`',
        example: "192.168",
        returns: "the string that PostgreSQL prints",
      },
      inet: {
        takes:
          'an address, with or without its prefix: `"192.0.2.1"`, `"192.0.2.1/24"`, `"2001:db8::1/64"`, `"10/8"`',
        refuses: '`"192.0.2"`, `"example.com"`',
        example: "2001:DB8:0:0::1/64",
        returns: "the string that PostgreSQL prints",
      },
      macaddr: {
        takes:
          'six bytes in hex: `"08:00:2b:01:02:03"`, `"08-00-2b-01-02-03"`, `"08002b:010203"`, `"0800.2b01.0203"`, `"08002b010203"`',
        refuses: '`"08:00:2b:01:02:03:04:05"`',
        example: "0800.2B01.0203",
        returns: "a string in lower case with colons",
      },
      macaddr8: {
        takes:
          'eight bytes in hex, with colons, hyphens or dots (one kind) or none; six are made eight by `ff:fe` in their middle: `"08:00:2b:01:02:03"`',
        refuses: '`"8:0:2b:1:2:3"`',
        example: "08002b0102030405",
        returns: "a string in lower case with colons",
      },
    },
  },
  {
    title: "Types of the server itself",
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
        takes:
          'a `bigint` from 0 to 2^64 - 1, a `number` that is a safe integer, or decimal digits: `"18446744073709551615"`',
        refuses: '`-1`, `"18446744073709551616"`',
        example: 742,
        returns: "a `bigint`",
      },
      pg_snapshot: SNAPSHOT,
      txid_snapshot: SNAPSHOT,
      tid: {
        takes: '`{ block, offset }`, or a string: `"(0,1)"`',
        refuses: '`"(0,65536)"`',
        example: "(0,1)",
        returns: "the object",
      },
      pg_lsn: {
        takes:
          'a string: `"16/B374D848"`; or a `bigint`, the byte counted from the log\'s beginning',
        refuses: "a `number`: `1`",
        example: 0x16_b374_d848n,
        returns: "a string",
      },
      int2vector: {
        takes:
          'an array of integers of 16 bits, or a string of them: `[1, 2, 3]`, `"1 2 3"`; PostgreSQL 13 takes 100 at most',
        refuses: "an empty one, which the server takes as text only: `[]`",
        example: "1 2 3",
        returns: "an array",
      },
      oidvector: {
        takes:
          'an array of integers of 0 to 4294967295, or a string of them: `[26, 4294967295]`, `"26 2276"`; PostgreSQL 13 takes 100 at most',
        refuses: "an empty one, which the server takes as text only: `[]`",
        example: "26 2276",
        returns: "an array",
      },
    },
  },
  {
    title: "Geometric types",
    intro: "Coordinates are numbers, NaN and the infinities included.",
    types: {
      box: {
        takes:
          'two opposite corners in an array, or text: `"(3,4),(1,2)"`, `"((3,4),(1,2))"`, `"3,4,1,2"`',
        example: [
          { x: 1, y: 2 },
          { x: 3, y: 4 },
        ],
        returns: "the upper right corner and the lower left one",
      },
      circle: {
        takes:
          '`{ center, radius }`, or text: `"<(1,2),3>"`, `"((1,2),3)"`, `"(1,2),3"`, `"1,2,3"`',
        refuses: 'a negative radius: `"<(1,2),-3>"`',
        example: "<(1,2),3>",
        returns: "the object",
      },
      line: {
        takes: '`{ a, b, c }`, for ax + by + c = 0, or text: `"{1,2,3}"`',
        refuses: 'both `a` and `b` zero: `"{0,0,1}"`',
        example: "{1,2,3}",
        returns: "the object",
      },
      lseg: {
        takes:
          'its two ends in an array, or text: `"[(1,2),(3,4)]"`, `"((1,2),(3,4))"`, `"(1,2),(3,4)"`, `"1,2,3,4"`',
        example: "[(1,2),(3,4)]",
        returns: "its two ends",
      },
      point: {
        takes: '`{ x, y }`, or text: `"(1,2)"`, `"1,2"`',
        example: "(1,2)",
        returns: "the object",
      },
      path: {
        takes:
          '`{ points, open }`, or text: open `"[(1,2),(3,4)]"`, closed `"((1,2),(3,4))"`, `"(1,2),(3,4)"`, `"1,2,3,4"`',
        refuses: "one without points",
        example: "[(1,2),(3,4)]",
        returns: "the object",
      },
      polygon: {
        takes:
          'its corners in an array, or text: `"((1,2),(3,4),(5,0))"`, `"(1,2),(3,4),(5,0)"`, `"1,2,3,4,5,0"`',
        refuses: "one without corners: `[]`",
        example: "((1,2),(3,4),(5,0))",
        returns: "an array of its corners",
      },
    },
  },
  {
    title: "Text search",
    intro:
      "To make words of a document or of what somebody searches for is the task of `to_tsvector` and `to_tsquery`, not of these types.",
    types: {
      tsvector: {
        takes:
          'positions by word, `{ fat: [2, "4A"], rat: [] }`, or text: `"a:1A,2B \'two words\':3"`',
        refuses:
          'positions above 16383, more than 256 of a word, words of more than 2046 bytes: `"a:16384"`',
        example: { rat: [], fat: [2, "4A"] },
        returns: "the text that the server prints, words sorted",
      },
      tsquery: {
        takes:
          'text: `"fat & (rat | cat) & !dog"`, `"super:*A"`, `"a <-> b <2> c"`; the server stores up to about 8 kB of it',
        refuses: 'the empty query, which PostgreSQL does not take in binary: `""`',
        example: "fat & (rat | cat) & !dog",
        returns:
          "the text that the server prints, but with parentheses around a right operand of the same kind",
      },
    },
  },
  {
    title: "Extensions that come with PostgreSQL",
    intro:
      "They need `CREATE EXTENSION`: hstore, citext, ltree (also for `lquery` and `ltxtquery`), cube. `cube` needs PostgreSQL 14: before, it has no binary form.",
    types: {
      hstore: {
        takes: 'an object or a `Map` of strings and nulls, or text: `"a=>1, b=>NULL"`',
        refuses: 'a key twice in a text: `"a=>1, a=>2"`',
        example: new Map([
          ["a", "1"],
          ["b", null],
        ]),
        returns: "an object",
      },
      citext: { takes: "a string", example: "Ada", returns: "the string" },
      lquery: {
        takes: 'a pattern: `"Top.*{1,2}.!Sci|Art*@"`',
        refuses: '`"a b"`',
        example: "Top.*{1,2}.!Sci|Art*@",
        returns: "the string",
      },
      ltree: {
        takes:
          'labels parted by dots, of letters, digits, `_` and (PostgreSQL 16) `-`: `"Top.Science"`',
        refuses: '`"Top..Science"`, `"a b"`',
        example: "Top.Science.Astronomy",
        returns: "the string",
      },
      ltxtquery: {
        takes: 'words with operators: `"Europe & (Russia*@ | !Asia)"`',
        refuses: '`"Europe Russia"`',
        example: "Europe & Russia*@",
        returns: "the string",
      },
      cube: {
        takes:
          '`{ lower, upper }`, an array of numbers for a point, or text: `"(1,2),(3,4)"`, `"[(1,2),(3,4)]"`, `"(1,2)"`, `"1,2"`',
        refuses: 'more than 100 dimensions, corners of unlike ones: `"(1,2),(3)"`',
        example: "(1,2),(3,4)",
        returns: "the object, or an array where both corners are the same",
      },
    },
  },
  {
    title: "pgvector",
    intro:
      "Tested by their byte format only: the expected bytes were written from the source of pgvector 0.8. `n` is the number of dimensions.",
    types: {
      halfvec: {
        forms: [t.halfvec(3), t.halfvec()],
        parameters: DIMENSIONS,
        takes: "as `vector`, each number rounded to half precision",
        refuses: "also what is beyond ±65504 then: `[65520, 0, 0]`",
        example: [1, 0.1, 0],
        returns: "an array of the rounded numbers",
      },
      vector: {
        forms: [t.vector(3), t.vector()],
        parameters: DIMENSIONS,
        takes:
          'an array of 1 to 16000 numbers, a `Float32Array`, a `Float64Array`, or text: `"[1,2,3]"`; each number rounded to single precision',
        refuses:
          "NaN, the infinities, what is out of range, another number of dimensions: `[1, 2]`",
        example: new Float32Array([1, 0.5, 0]),
        returns: "an array of the rounded numbers",
      },
      sparsevec: {
        forms: [t.sparsevec(5), t.sparsevec()],
        parameters: { n: 5 },
        takes:
          '`{ dimensions, entries }` with a record, a `Map` or pairs, indices from 0; or text with indices from 1: `"{1:1.5,3:2}/5"`; rounded to single precision, zeros left out',
        refuses:
          'an index twice, what only rounding makes zero, another number of dimensions: `"{1:1}/4"`',
        example: { dimensions: 5, entries: { 0: 1.5, 2: 2 } },
        returns: "the object, its entries as pairs",
      },
    },
  },
  {
    title: "PostGIS",
    intro:
      'Tested by their byte format only: the expected bytes were written from the description of EWKB in the documents of PostGIS. The type is one of PostGIS, such as `"Point"`, `"MultiPolygonZ"`, `"GeometryM"`. Of EWKB only the header is checked here.',
    types: {
      geography: {
        forms: [t.geography("Point", 4326), t.geography()],
        parameters: POSTGIS,
        takes: "as `geometry`, simple features only; the SRID is 4326 if none is given",
        refuses: "also longitudes and latitudes out of range in GeoJSON",
        example: { type: "Point", coordinates: [1, 2] },
        returns: "EWKB in a `Buffer`",
      },
      geometry: {
        forms: [t.geometry("Point", 4326), t.geometry("Point"), t.geometry()],
        parameters: POSTGIS,
        takes:
          "EWKB in a `Uint8Array` or in hexadecimal digits; a geometry of GeoJSON, whose SRID is 4326 unless its `crs` names another",
        refuses:
          'another type, SRID or number of dimensions than the column\'s; WKT: `"POINT(1 2)"`',
        example: { type: "Point", coordinates: [1, 2] },
        returns: "EWKB in a `Buffer`",
      },
    },
  },
  {
    title: "Made of other types",
    intro:
      'Any column type can be a part of these. Types of your own are found by the search_path, or in the schema that a last argument names: `enumOf("mood", ["sad", "ok"], { schema: "app" })`. Ranges of `int4`, `int8`, `numeric()`, `timestamp`, `timestamptz` and `date` are built in; others have a name: `rangeOf(float8, "floatrange")`. Multiranges need PostgreSQL 14.',
    types: {
      arrayOf: {
        forms: [t.arrayOf(t.int4)],
        takes:
          'an array, nested for further dimensions (up to 6), `null` for NULL; `{ elements, dimensions, lowerBounds }`; or text: `"{1,NULL}"`, `"{{1,2},{3,4}}"`, `"[0:1]={1,2}"`',
        refuses:
          '`undefined` as an element, arrays of unlike lengths: `[[1], [2, 3]]`, `"{{1},{2,3}}"`',
        example: [
          [1, 2],
          [3, null],
        ],
        returns:
          "an array; the object where an index does not begin at 1, and for several dimensions of what may itself be an array (`json`, `polygon`)",
      },
      compositeOf: {
        forms: [t.compositeOf("place", { street: t.text, zip: t.text })],
        attributes: ["street", "zip"],
        takes:
          'an object by attribute name, where what is left out is NULL; or text with all attributes: `"(Main Street 1,12345)"`',
        refuses: 'an attribute that the type does not have; `"(Main Street 1)"`',
        example: { street: "Main Street 1" },
        returns: "an object with all attributes",
      },
      domainOf: {
        forms: [t.domainOf("email_address", t.text)],
        takes: "what its base type takes; the server checks its constraints",
        example: "ada@example.com",
        returns: "what its base type returns",
      },
      enumOf: {
        forms: [t.enumOf("mood", ["sad", "ok"])],
        takes: "one of its labels",
        refuses: '`"happy"`',
        example: "ok",
        returns: "the label",
      },
      multirangeOf: {
        forms: [t.multirangeOf(t.date)],
        takes:
          'an array of ranges, which the server sorts and joins; or text: `"{[2026-01-01,2026-02-01),[2026-03-01,)}"`',
        refuses: '`null` as a range, `"[2026-01-01,)"`',
        example: [{ lower: "2026-11-22", upper: null }],
        returns: "an array of ranges",
      },
      rangeOf: {
        forms: [t.rangeOf(t.int4)],
        takes:
          '`{ lower, upper }` with `null` for an infinite bound, and `lowerInclusive` (default `true`), `upperInclusive` (default `false`); or text: `"[1,5)"`, `"(,5]"`, `"empty"`',
        refuses: 'an object without one of the bounds, `"1,5"`',
        example: { lower: 1, upper: 5 },
        returns: 'an object with all four keys, or `"empty"`',
      },
    },
  },
];

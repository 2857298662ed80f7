import { describeLoads, type LoadCase } from "../helpers/load-case.js";

const columns = "id int, name text";

const CASES: readonly LoadCase[] = [
  {
    name: "keys in any order, missing keys, null and blank lines",
    columns,
    files: { "a.ndjson": '{"name":"a","id":1}\n\n{"id":2}\n  \r\n{"id":3,"name":null}\r\n{}' },
    rows: ["(1,a)", "(2,)", "(3,)", "(,)"],
  },
  {
    name: "escapes, in keys too",
    columns,
    files: { "a.jsonl": String.raw`{"\u0069d":1,"name":"a\n\"\\\/\u00e9\ud83d\ude00"}` },
    rows: [`(1,"a\n""\\\\/\u00e9\u{1F600}")`],
  },
  {
    name: "numbers beyond 2^53, exact",
    columns: "n numeric, i bigint, f float8",
    files: {
      "a.ndjson":
        '{"n":12345678901234567890.123456789,"i":9223372036854775807,"f":1e-320}\n' +
        '{"n":1E+3,"i":-9007199254740993,"f":-0.0}\n',
    },
    rows: [
      "(12345678901234567890.123456789,9223372036854775807,1e-320)",
      "(1000,-9007199254740993,-0)",
    ],
  },
  {
    name: "json as it is written, and jsonb",
    columns: "j json, b jsonb",
    files: {
      "a.ndjson":
        '{"j": {"a" : [1, 2.50]},"b":{"x":{"n":123456789012345678901234567890}}}\n' +
        '{"j":"text","b":"text"}\n{"j":null,"b":null}\n{"j":[],"b":false}\n',
    },
    query: "SELECT concat_ws('|', coalesce(j::text, '-'), coalesce(b::text, '-')) AS row FROM {t}",
    rows: [
      '{"a" : [1, 2.50]}|{"x": {"n": 123456789012345678901234567890}}',
      '"text"|"text"',
      "-|-",
      "[]|false",
    ],
  },
  {
    name: "arrays, and arrays of arrays",
    columns: "i int[], t text[], f float8[]",
    files: {
      "a.ndjson":
        '{"i":[1,null,3],"t":["a","b,c","","null",null],"f":[]}\n{"i":[[1,2],[3,4]],"t":[],"f":[1.5,-2e3]}\n',
    },
    rows: [
      `("{1,NULL,3}","{a,""b,c"","""",""null"",NULL}",{})`,
      '("{{1,2},{3,4}}",{},"{1.5,-2000}")',
    ],
  },
  {
    name: "arrays of JSON",
    columns: "j jsonb[]",
    files: { "a.ndjson": '{"j":[{"a":1},"text",null]}\n' },
    query: "SELECT array_to_string(j, '|', '-') AS row FROM {t}",
    rows: ['{"a": 1}|"text"|-'],
  },
  {
    name: "objects in a column of text, as JSON",
    columns: "name text",
    files: { "a.ndjson": '{"name":{"a":1}}\n{"name":true}\n{"name":12.50}\n' },
    rows: ['("{""a"":1}")', "(true)", "(12.50)"],
  },
  {
    name: "a key that no column has",
    columns,
    files: { "a.ndjson": '{"id":1,"nome":"a"}\n{"id":2,"name":"b"}\n' },
    rows: ["(2,b)"],
    rejects: '{"id":1,"nome":"a"}\n',
    reasons: [[1, 0, null, null, /nome/]],
  },
  {
    name: "--unknown-keys ignore",
    columns,
    files: { "a.ndjson": '{"id":1,"nome":"a","x":{"y":[1]}}\n{"id":2,"name":"b"}\n' },
    options: ["--unknown-keys", "ignore"],
    rows: ["(1,)", "(2,b)"],
  },
  {
    name: "--map and --set",
    columns: "id int, name text, batch text",
    files: { "a.ndjson": '{"No":1,"x":2,"name":"a"}\n' },
    options: ["--map", "No=id", "--map", "x=", "--set", "batch=b"],
    rows: ["(1,a,b)"],
  },
  {
    name: "--columns takes only these keys",
    columns,
    files: { "a.ndjson": '{"id":1,"name":"a","x":2}\n' },
    options: ["--columns", "name"],
    rows: ["(,a)"],
  },
  {
    name: "--names snake_case",
    columns: "unit_price numeric, full_name text",
    files: { "a.ndjson": '{"unitPrice":1.50}\n{"fullName":"a"}\n' },
    options: ["--names", "snake_case"],
    rows: ["(1.50,)", "(,a)"],
  },
  {
    name: "a column whose key is nowhere gets its default",
    columns: "id int, state text DEFAULT 'new'",
    files: { "a.ndjson": '{"id":1}\n{"id":2}\n' },
    rows: ["(1,new)", "(2,new)"],
  },
  {
    name: "lines that are no objects, and values that do not fit",
    columns,
    files: {
      "a.ndjson":
        '{"id":1,"name":"a"}\n{"id":2,\n[1,2]\n"x"\n{"id":"x"}\n{"id":1.5}\n{"id":3} {"id":4}\n{"id":5,"name":"\\u0000"}\n{"id":6}\n',
    },
    rows: ["(1,a)", "(6,)"],
    rejects:
      '{"id":2,\n[1,2]\n"x"\n{"id":"x"}\n{"id":1.5}\n{"id":3} {"id":4}\n{"id":5,"name":"\\u0000"}\n',
    reasons: [
      [2, 20, null, null, /JSON/],
      [3, 29, null, null, /object/],
      [4, 35, null, null, /object/],
      [5, 39, "id", null, /"x" is not a valid integer/],
      [6, 50, "id", null, /"1.5" is not a valid integer/],
      [7, 61, null, null, /JSON/],
      [8, 79, null, null, /"name" contains U\+0000/],
    ],
  },
  {
    name: "a NUL, a lone surrogate and invalid UTF-8 in JSON",
    columns: "id int, b jsonb",
    files: {
      "a.ndjson": Buffer.concat([
        Buffer.from('{"id":1,"b":{"a":"\\u0000"}}\n{"id":2,"b":{"a":"\\ud800"}}\n{"id":3,"b":"'),
        Buffer.from([0xff]),
        Buffer.from('"}\n{"id":4,"b":1}\n'),
      ]),
    },
    rows: ["(4,1)"],
    rejects: Buffer.concat([
      Buffer.from('{"id":1,"b":{"a":"\\u0000"}}\n{"id":2,"b":{"a":"\\ud800"}}\n{"id":3,"b":"'),
      Buffer.from([0xff]),
      Buffer.from('"}\n'),
    ]),
    reasons: [
      [1, 0, "b", null, /./],
      [2, 28, "b", null, /./],
      [3, 56, "b", null, /./],
    ],
  },
  {
    name: "by content, if the name says nothing",
    columns,
    files: { "a.txt": '{"id":1,"name":"a"}\n' },
    rows: ["(1,a)"],
  },
  {
    name: "an empty file",
    columns,
    files: { "a.ndjson": "" },
    rows: [],
  },
];

describeLoads("batch-copy load of NDJSON", CASES);

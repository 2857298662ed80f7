import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { NdjsonReader } from "../../dist/read/ndjson/ndjson-reader.js";
import { readNdjson, textColumns } from "../helpers/read-ndjson.js";
import { KeepingHandler } from "../helpers/read-records.js";

const AB = textColumns("a", "b");

/** A line, and the values of its keys a and b. */
const RECORDS: readonly (readonly [line: string, values: readonly unknown[]])[] = [
  ["{}", [null, null]],
  [' \t{ "a" : 1 ,\t"b":2 } \r', ["1", "2"]],
  ['{"b":"x","a":"y"}', ["y", "x"]],
  ['{"a":null,"b":""}', [null, ""]],
  ['{"b":true,"a":false}', ["false", "true"]],
  // Numbers are the text of their literal.
  ['{"a":9007199254740993,"b":-0}', ["9007199254740993", "-0"]],
  ['{"a":1e400,"b":0.10}', ["1e400", "0.10"]],
  [
    '{"a":123456789012345678901234567890.5E-07,"b":0}',
    ["123456789012345678901234567890.5E-07", "0"],
  ],
  // Objects and arrays are their JSON text.
  ['{"a":{"x": [1,2, {}] },"b":[ ]}', ['{"x": [1,2, {}] }', "[ ]"]],
  ['{"a":"null","b":"{}"}', ["null", "{}"]],
  // Escapes.
  [
    String.raw`{"a":"\"\\\/\b\f\n\r\t","b":"\u0041\u00e9\u20AC\ud83d\ude00."}`,
    ['"\\/\b\f\n\r\t', "Aé€😀."],
  ],
  [String.raw`{"\u0061":"1","\u0062":"x\ny"}`, ["1", "x\ny"]],
  ['{"a":"é€😀\u007f","b":"\u2028"}', ["é€😀\u007f", "\u2028"]],
  // The last value of a key counts.
  ['{"a":"x\\n","b":1,"a":null}', [null, "1"]],
  ['{"a":null,"a":2,"a":"\\t"}', ["\t", null]],
];

/** A line that is no record, and the reason. */
const BAD_LINES: readonly (readonly [line: string, reason: string])[] = [
  [
    "[]",
    "the line is a JSON array: NDJSON has one object on each line, without brackets around the lines and commas between them (`jq -c '.[]'` converts an array)",
  ],
  ["1", "the line is not a JSON object: it does not begin with {"],
  ['"{}"', "the line is not a JSON object: it does not begin with {"],
  ["null", "the line is not a JSON object: it does not begin with {"],
  ["{", "not valid JSON at byte 2: unexpected end of the line"],
  ['{"a"', "not valid JSON at byte 5: unexpected end of the line"],
  ['{"a":', "not valid JSON at byte 6: unexpected end of the line"],
  ['{"a":1', "not valid JSON at byte 7: unexpected end of the line"],
  ['{"a":"x', "not valid JSON at byte 8: unexpected end of the line"],
  ['{"a":"x\\', "not valid JSON at byte 9: unexpected end of the line"],
  ['{"a":tru', "not valid JSON at byte 9: unexpected end of the line"],
  ['{"a":[', "not valid JSON at byte 7: unexpected end of the line"],
  ['{"a":1,', "not valid JSON at byte 8: unexpected end of the line"],
  ['{"a":1}}', "not valid JSON at byte 8: unexpected text after the object"],
  ['{"a":1},', "not valid JSON at byte 8: unexpected text after the object"],
  ['{"a":1} {"a":2}', "not valid JSON at byte 9: unexpected text after the object"],
  ["{a:1}", "not valid JSON at byte 2: expected a key in double quotes"],
  ["{'a':1}", "not valid JSON at byte 2: expected a key in double quotes"],
  ['{"a":1,}', "not valid JSON at byte 8: expected a key in double quotes"],
  ['{"a" 1}', 'not valid JSON at byte 6: expected ":"'],
  ['{"a":1 "b":2}', 'not valid JSON at byte 8: expected "," or "}"'],
  ['{"a":[1 2]}', 'not valid JSON at byte 9: expected "," or "]"'],
  ['{"a":[1,]}', "not valid JSON at byte 9: expected a value"],
  ['{"a":{"b"}}', 'not valid JSON at byte 10: expected ":"'],
  ['{"a":{"b":1,}}', "not valid JSON at byte 13: expected a key in double quotes"],
  ['{"a":True}', "not valid JSON at byte 6: expected a value"],
  ['{"a":nul1}', "not valid JSON at byte 9: expected a value"],
  ['{"a":NaN}', "not valid JSON at byte 6: expected a value"],
  ['{"a":+1}', "not valid JSON at byte 6: expected a value"],
  ['{"a":.5}', "not valid JSON at byte 6: expected a value"],
  ['{"a":-}', "not valid JSON at byte 7: expected a digit"],
  ['{"a":01}', 'not valid JSON at byte 7: expected "," or "}"'],
  ['{"a":1.}', "not valid JSON at byte 8: expected a digit"],
  ['{"a":1e+}', "not valid JSON at byte 9: expected a digit"],
  ['{"a":0x1}', 'not valid JSON at byte 7: expected "," or "}"'],
  ['{"a":"\t"}', "not valid JSON at byte 7: a control character in a string must be escaped"],
  ['{"a":"\0"}', "not valid JSON at byte 7: a control character in a string must be escaped"],
  [String.raw`{"a":"\x41"}`, "not valid JSON at byte 8: this character cannot follow a backslash"],
  [String.raw`{"a":"\u12g4"}`, "not valid JSON at byte 11: \\u needs four hexadecimal digits"],
  [
    String.raw`{"a":"x\u0000"}`,
    'the string of key "a" contains U+0000, which PostgreSQL cannot store',
  ],
  [
    String.raw`{"b":"\ud800"}`,
    'the string of key "b" contains half of a surrogate pair, which PostgreSQL cannot store',
  ],
  [
    String.raw`{"b":"\ud800\u0041"}`,
    'the string of key "b" contains half of a surrogate pair, which PostgreSQL cannot store',
  ],
  [
    String.raw`{"b":"\udc00\ud800"}`,
    'the string of key "b" contains half of a surrogate pair, which PostgreSQL cannot store',
  ],
  ['{"a":1,"c":2}', 'unknown key "c"'],
  [String.raw`{"a":1,"\u0063\ud800":2}`, String.raw`unknown key "\u0063\ud800"`],
  [`{"a":1,"${"c".repeat(200)}":2}`, `unknown key "${"c".repeat(99)}…`],
  [
    `{"a":${"[".repeat(1000)}${"]".repeat(1000)}}`,
    "not valid JSON at byte 1005: nested more than 1000 levels deep",
  ],
  [
    `{"a":${'{"a":'.repeat(1000)}`,
    "not valid JSON at byte 5001: nested more than 1000 levels deep",
  ],
];

const GOOD_LINE = '{"a":"\\n.","b":[1]}';
const GOOD_VALUES = ["\n.", "[1]"];

describe("the reader of NDJSON", () => {
  for (const [line, values] of RECORDS) {
    it(`reads ${JSON.stringify(line)}`, () => {
      forAllChunkings(`${line}\n${GOOD_LINE}\n${line}`, (handler) => {
        assert.deepEqual(
          handler.records.map((record) => record.values),
          [values, GOOD_VALUES, values],
        );
        assert.deepEqual(handler.reasons, []);
      });
    });
  }

  for (const [line, reason] of BAD_LINES) {
    it(`refuses ${JSON.stringify(line.slice(0, 40))}, and goes on with the next line`, () => {
      forAllChunkings(`${GOOD_LINE}\n${line}\n${GOOD_LINE}\n${line}`, (handler) => {
        assert.deepEqual(handler.reasons, [reason, reason]);
        assert.deepEqual(
          handler.records.map((record) => record.values),
          [GOOD_VALUES, GOOD_VALUES],
        );
      });
    });
  }

  it("tells the place of each record, and skips blank lines and a byte order mark", () => {
    const file = '\uFEFF{"a":1}\r\n\n \t\r\n{"a":"é"}\n{\n\n{"b":2}';
    forAllChunkings(file, (handler) => {
      assert.deepEqual(handler.found, [
        { values: ["1", null], offset: 3, end: 12, line: 1 },
        { values: ["é", null], offset: 17, end: 28, line: 4 },
        {
          reason: "not valid JSON at byte 2: unexpected end of the line",
          offset: 28,
          end: 30,
          line: 5,
        },
        { values: [null, "2"], offset: 31, end: 38, line: 7 },
      ]);
    });
  });

  it("finds nothing in a file that is empty, blank, or only a byte order mark", () => {
    for (const file of ["", "\n\r\n  ", "\uFEFF", "\uFEFF\n"]) {
      assert.deepEqual(readNdjson(file, { columns: AB }).found, [], JSON.stringify(file));
    }
  });

  it("takes a byte order mark for an error where it is not at the start", () => {
    const file = '{"a":1}\n\uFEFF{"a":2}\n';
    const handler = readNdjson(file, { columns: AB });
    assert.deepEqual(handler.reasons, ["the line is not a JSON object: it does not begin with {"]);
  });

  it("goes on from the end of any record as if it had read the file from its start", () => {
    const file = '{"a":1}\n{"b":"x\\ty"}\r\n\n[]\n{"a":2,"b":3}\n{"a":4}';
    const { found } = readNdjson(file, { columns: AB });
    for (const [index, { end, line }] of found.entries()) {
      const rest = readNdjson(Buffer.from(file).subarray(end), {
        columns: AB,
        start: { offset: end, line: line + 1 },
      });
      assert.deepEqual(rest.found, found.slice(index + 1), `after record ${index}`);
    }
  });

  it("gives the JSON text of any value but null to a column that is JSON", () => {
    const columns = [{ key: "j", isJson: true, isArray: false }];
    const values = ['"a\\u0000b"', "1.50", "true", "null", '{"a": [1]}', "[ 1 ]", '""'];
    const file = values.map((value) => `{"j":${value}}\n`).join("");
    const read = readNdjson(file, { columns }).records.map((record) => record.values[0]);
    assert.deepEqual(read, ['"a\\u0000b"', "1.50", "true", null, '{"a": [1]}', "[ 1 ]", '""']);
  });

  it("gives arrays whose numbers and booleans are texts to a column that is an array", () => {
    const columns = [{ key: "v", isJson: false, isArray: true }];
    const cases: [string, unknown][] = [
      ["[]", []],
      ["[1,9007199254740993,1.50,-0,1e400]", ["1", "9007199254740993", "1.50", "-0", "1e400"]],
      [
        "[[1,2],[null,4]]",
        [
          ["1", "2"],
          [null, "4"],
        ],
      ],
      [String.raw`["1","x\"2\"\\",true,false,null,""]`, ["1", 'x"2"\\', "true", "false", null, ""]],
      [String.raw`["\\\"3",4]`, ['\\"3', "4"]],
      ['[{"a":1,"b":"2"}]', [{ a: "1", b: "2" }]],
      // What is no JSON array is as in other columns.
      ['"{1,2}"', "{1,2}"],
      ["null", null],
      ['{"a":1}', '{"a":1}'],
      ["7", "7"],
    ];
    for (const [json, value] of cases) {
      const { records } = readNdjson(`{"v":${json}}`, { columns });
      assert.deepEqual(records[0]?.values, [value], json);
    }
  });

  it("gives arrays of documents to a column that is an array of JSON, if no number loses digits", () => {
    const columns = [{ key: "v", isJson: true, isArray: true }];
    const file = '{"v":[1,true,"2",{"a":1.50,"b":[1e5,0]},null,100000000000000000000]}\n';
    const { records } = readNdjson(file, { columns });
    assert.deepEqual(records[0]?.values, [[1, true, "2", { a: 1.5, b: [1e5, 0] }, null, 1e20]]);
    for (const number of ["9007199254740993", "1e400", "1e-400", "-0", "0.1234567890123456789"]) {
      assert.deepEqual(readNdjson(`{"v":[{"a":${number}}]}\n`, { columns }).reasons, [
        `the array of key "v": ${number} would lose digits in an array of JSON documents: use jsonb instead of jsonb[]`,
      ]);
    }
  });

  it("ignores unknown keys if it is told to, whatever their values and their order", () => {
    const file = [
      '{"x":{"a":1},"a":1,"y":"\\u0000","b":2}',
      '{"y":[],"x":1,"b":4,"a":3}',
      `{"${"long".repeat(2000)}":1,"a":5,"\\u0078":2,"b":6}`,
      '{"x":{"a":},"a":7}',
    ].join("\n");
    forAllChunkings(
      file,
      (handler) => {
        assert.deepEqual(
          handler.records.map(({ values }) => values),
          [
            ["1", "2"],
            ["3", "4"],
            ["5", "6"],
          ],
        );
        assert.deepEqual(handler.reasons, ["not valid JSON at byte 11: expected a value"]);
      },
      "ignore",
      97,
    );
  });

  it("finds a thousand keys in any order, and those that are the beginning of others", () => {
    const keys = Array.from({ length: 1000 }, (_, i) => "k".repeat(1 + (i % 7)) + i);
    const columns = textColumns(...keys);
    const line = (order: readonly string[]): string =>
      JSON.stringify(Object.fromEntries(order.map((key) => [key, `value of ${key}`])));
    const expected = keys.map((key) => `value of ${key}`);
    const shuffled = keys.toSorted();
    const file = [keys, shuffled, keys, shuffled, keys.toReversed()].map(line).join("\n");
    const { records } = readNdjson(file, { columns });
    assert.equal(records.length, 5);
    for (const { values } of records) {
      assert.deepEqual(values, expected);
    }
  });

  it("keeps the strings that it has unescaped when a longer one follows", () => {
    const values = ["\n1", "\n".repeat(10_000)];
    const file = JSON.stringify({ a: values[0], b: values[1] });
    assert.deepEqual(readNdjson(file, { columns: AB }).records[0]?.values, values);
  });

  it("refuses a line that is longer than it may be, and keeps none of it", () => {
    const file = `{"a":1}\n{"a":"${"x".repeat(100)}"}\n{"a":2}\n{"b":"${"y".repeat(100)}"}`;
    for (const chunkBytes of [1, 7, 30]) {
      const handler = readNdjson(file, { columns: AB, maxLineBytes: 64, chunkBytes });
      assert.deepEqual(handler.found, [
        { values: ["1", null], offset: 0, end: 8, line: 1 },
        { reason: "the line is longer than 64 bytes", offset: 8, end: 117, line: 2 },
        { values: ["2", null], offset: 117, end: 125, line: 3 },
        { reason: "the line is longer than 64 bytes", offset: 125, end: 233, line: 4 },
      ]);
    }
  });

  it("reads nothing after it is stopped", () => {
    const lines = Buffer.from('{"a":1}\n{"a":2}\n{"a":3}\n{"a"');
    for (const chunkBytes of [1, 5, lines.length]) {
      const handler = new KeepingHandler();
      const reader = new NdjsonReader(
        AB,
        {
          record(...place) {
            handler.record(...place);
            if (handler.found.length === 2) {
              reader.stop();
            }
          },
          bad: (record) => handler.bad(record),
        },
        { offset: 0, line: 1 },
      );
      for (let at = 0; at < lines.length; at += chunkBytes) {
        reader.push(lines.subarray(at, at + chunkBytes));
      }
      reader.end();
      assert.deepEqual(
        handler.records.map(({ values }) => values),
        [
          ["1", null],
          ["2", null],
        ],
      );
      assert.deepEqual(handler.reasons, []);
    }
  });
});

/** Reads a file in chunks of each length up to `most`, and as a whole. */
function forAllChunkings(
  file: string,
  check: (handler: KeepingHandler) => void,
  unknownKeys: "bad" | "ignore" = "bad",
  most = 40,
): void {
  const length = Buffer.byteLength(file);
  for (let chunkBytes = 1; chunkBytes <= Math.min(length, most); chunkBytes++) {
    check(readNdjson(file, { columns: AB, chunkBytes, unknownKeys }));
  }
  check(readNdjson(file, { columns: AB, unknownKeys }));
}

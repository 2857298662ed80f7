import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { COPY_CSV } from "../../dist/read/csv/csv-dialect.js";
import { detectDialect, type SampleOptions } from "../../dist/read/csv/detect-dialect.js";
import { readHeader } from "../../dist/read/csv/header.js";

const delimiters: readonly [
  name: string,
  file: string,
  delimiter: string | undefined,
  options?: Partial<SampleOptions>,
][] = [
  ["commas", "a,b\n1,2\n", ","],
  ["semicolons", "a;b\n1;2\n", ";"],
  ["tabs", "a\tb\n1\t2\n", "\t"],
  ["bars", "a|b\n1|2\n", "|"],
  ["semicolons beside decimal commas", "1,5;2,5;3,5\n1,0;2,0;0,1\n", ";"],
  ["such a sample that is cut behind a comma", "1,5;2,5\n1,0;2,", ";", { isWhole: false }],
  ["commas beside semicolons in texts", "id,name\n1,a;b\n2,c\n", ","],
  ["commas beside quoted semicolons", '1,"a;b;c"\n2,"d;e;f"\n', ","],
  ["tabs beside commas in texts", "id\tname\n1\tDoe, John\n2\tRoe, Jane\n", "\t"],
  ["commas with a bad line", "a,b,c\n1,2,3\n4,5\n6,7,8\n", ","],
  ["a header alone", "id,name,note;x", ","],
  ["one column", "a\nb\nc\n", undefined],
  ["an empty file", "", undefined],
  ["quotes of another kind", "1;'a,b'\n2;'c,d'\n", ";", { quote: "'" }],
  ["a delimiter that is the quote", "|1|,2\n|3|,4\n", ",", { quote: "|" }],
  ["a name that ends in .tsv", "a,b\n", "\t", { name: "x.tsv" }],
  ["a name that ends in .TSV.gz", "a,b\n", "\t", { name: "x.TSV.gz" }],
  ["a sample whose last line is cut", "a,b\n1,2\n3", ",", { isWhole: false }],
  ["a sample that is all one cut line", "a,b,c", ",", { isWhole: false }],
];

describe("the dialect of a file of CSV", () => {
  for (const [name, file, delimiter, options] of delimiters) {
    it(`is detected by its delimiter: ${name}`, () => {
      const detected = detectDialect(Buffer.from(file), { isWhole: true, ...options });
      assert.equal(detected.delimiter, delimiter);
    });
  }

  for (const [name, file, lineEnd] of [
    ["newlines", "a\nb\n", "\n"],
    ["both", "a\r\nb\r\n", "\n"],
    ["carriage returns", "a\rb\r", "\r"],
    ["carriage returns, with quoted newlines", 'a\r"b\nc"\rd', "\r"],
    ["newlines, with a stray carriage return", "a\rb\nc\n", "\n"],
    ["quoted carriage returns", '"a\rb","c\r"\nd\n', "\n"],
    ["no line end", "a,b", "\n"],
    ["a cut line end", "a,b\r", "\n"],
  ] as const) {
    it(`is detected by its line ends: ${name}`, () => {
      assert.equal(detectDialect(Buffer.from(file), { isWhole: true }).lineEnd, lineEnd);
    });
  }

  it("is detected behind a byte order mark", () => {
    const options = { isWhole: true };
    const marked = detectDialect(Buffer.from('\uFEFF"a;b";c\n'), options);
    assert.deepEqual(marked, { delimiter: ";", lineEnd: "\n", hasByteOrderMark: true });
    assert.equal(detectDialect(Buffer.from("a;c\n"), options).hasByteOrderMark, false);
  });
});

describe("the header of a file of CSV", () => {
  for (const [name, file, header] of [
    [
      "at the start",
      "id,name\n1,a\n",
      { fields: ["id", "name"], offset: 0, next: { offset: 8, line: 2 } },
    ],
    [
      "behind a byte order mark",
      "\uFEFFid\r\n1\r\n",
      { fields: ["id"], offset: 3, next: { offset: 7, line: 2 } },
    ],
    [
      "behind empty lines",
      "\n\nid,b\n",
      { fields: ["id", "b"], offset: 2, next: { offset: 7, line: 4 } },
    ],
    [
      "in quotes",
      '"Price ""EUR""\n(net)",é,,x\n1\n',
      { fields: ['Price "EUR"\n(net)', "é", "", "x"], offset: 0, next: { offset: 28, line: 3 } },
    ],
    [
      "without a line end",
      "id,name",
      { fields: ["id", "name"], offset: 0, next: { offset: 7, line: 1 } },
    ],
    ["that is not closed", '"id,name\n1,a\n', undefined],
    ["of an empty file", "", undefined],
  ] as const) {
    it(`is read ${name}`, () => {
      assert.deepEqual(readHeader(Buffer.from(file), { ...COPY_CSV, fields: 3 }), header);
    });
  }
});

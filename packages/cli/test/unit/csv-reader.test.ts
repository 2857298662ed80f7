import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { COPY_CSV } from "../../dist/read/csv/csv-dialect.js";
import { CsvReader } from "../../dist/read/csv/csv-reader.js";
import type { Fields } from "../../dist/read/fields.js";
import type { BadRecord } from "../../dist/read/record-reader.js";
import { oddFiles } from "../helpers/odd-csv-files.js";
import { cutsOf, readCsv } from "../helpers/read-csv.js";
import { KeepingHandler } from "../helpers/read-records.js";

describe("the reader of CSV", () => {
  for (const { name, file, rows, bad = [], dialect = {}, lines } of oddFiles) {
    it(`reads ${name}`, () => {
      const bytes = Buffer.from(file);
      const { found, records } = readCsv(bytes, dialect);
      assert.deepEqual(
        records.map(({ values }) => values),
        rows,
      );
      assert.deepEqual(
        records.map(({ line }) => line),
        lines ?? rows.map((_, n) => n + 1),
      );
      assert.deepEqual(
        found
          .filter((one): one is BadRecord => "reason" in one)
          .map(({ line, reason, offset, end }) => [
            line,
            reason,
            bytes.subarray(offset, end).toString(),
          ]),
        bad,
      );
      for (let size = 1; size <= bytes.length; size++) {
        const chunked = readCsv(bytes, { ...dialect, cuts: cutsOf(bytes.length, size) });
        assert.deepEqual(chunked.found, found, `in chunks of ${size} bytes`);
      }
    });
  }

  for (const [what, file, values] of [
    ["before a field", "\uFEFFa,b\n", [["a", "b"]]],
    ["before a quote", '\uFEFF"a""",b\n', [['a"', "b"]]],
    ["before an empty line", "\uFEFF\na,b\n", [["a", "b"]]],
    ["alone", "\uFEFF", []],
    ["twice", "\uFEFF\uFEFFa,b", [["\uFEFFa", "b"]]],
    [
      "in a later line",
      "a,b\n\uFEFFc,d\n",
      [
        ["a", "b"],
        ["\uFEFFc", "d"],
      ],
    ],
  ] as const) {
    it(`skips a byte order mark at the start of the file only: ${what}`, () => {
      const bytes = Buffer.from(file);
      for (let size = 1; size <= bytes.length; size++) {
        const { records } = readCsv(bytes, { cuts: cutsOf(bytes.length, size) });
        assert.deepEqual(
          records.map((record) => record.values),
          values,
        );
        if (file.startsWith("\uFEFFa")) assert.equal(records[0]!.offset, 3);
      }
    });
  }

  it("keeps the first bytes of a mark that is none", () => {
    for (const bytes of [[0xef], [0xef, 0xbb], [0xef, 0xbb, 44], [0xef, 44], [0xef, 0xbb, 0xbe]]) {
      for (let size = 1; size <= bytes.length; size++) {
        const cuts = cutsOf(bytes.length, size);
        const [record] = readCsv(Uint8Array.from(bytes), { cuts }).records;
        assert.deepEqual([record!.offset, record!.end], [0, bytes.length]);
      }
    }
  });

  it("begins at the end of any record, with its line", () => {
    const file = Buffer.from('a,b\n\n"c\nd",e\r\n"f,g\nh,"i""j"\nk\n\uFEFFl,m');
    const { found } = readCsv(file, { fields: 2 });
    assert.equal(found.length, 6);
    for (const [n, { end }] of found.entries()) {
      const line = 1 + file.subarray(0, end).filter((byte) => byte === 10).length;
      const rest = readCsv(file.subarray(end), { fields: 2, start: { offset: end, line } });
      assert.deepEqual(rest.found, found.slice(n + 1));
    }
  });

  it("stops after the record in which it is told to", () => {
    const file = Buffer.from('a\n"b\n1,2\nc\nd');
    for (const size of [1, 3, file.length]) {
      for (let wanted = 1; wanted <= 5; wanted++) {
        const handler = new KeepingHandler();
        const stopIfEnough = () => handler.found.length === wanted && reader.stop();
        const reader = new CsvReader(
          { ...COPY_CSV, fields: 1 },
          {
            record(...record) {
              handler.record(...record);
              stopIfEnough();
            },
            bad(record) {
              handler.bad(record);
              stopIfEnough();
            },
          },
        );
        for (let at = 0; at < file.length; at += size) reader.push(file.subarray(at, at + size));
        reader.end();
        assert.deepEqual(handler.found, readCsv(file, { fields: 1 }).found.slice(0, wanted));
      }
    }
  });

  it("refuses records with more fields than any table has", () => {
    const { records, reasons } = readCsv(`${",".repeat(9999)}\n${",".repeat(10_000)}\na\n`);
    assert.deepEqual(
      records.map(({ values }) => values.length),
      [10_000, 1],
    );
    assert.deepEqual(reasons, ["too many fields: 10001, at most 10000"]);
  });

  it("hands on a record, and refuses a stray quote, as soon as the last byte of the line is there", () => {
    const file = Buffer.from('a,b\n"c\nd",e\r\nf,5" g\nh,"i""j"\nk\nl\rm,n\no,"p"q\n');
    const { found } = readCsv(file, { fields: 2 });
    assert.equal(found.length, 7);
    const handler = new KeepingHandler();
    const reader = new CsvReader({ ...COPY_CSV, fields: 2 }, handler);
    for (let at = 0; at < file.length; at++) {
      reader.push(file.subarray(at, at + 1));
      assert.deepEqual(
        handler.found,
        found.filter(({ end }) => end <= at + 1),
      );
    }
  });

  it("reads fields that are longer than many chunks", () => {
    const text = Array.from({ length: 20_000 }, (_, n) => `${n}${n % 7 === 0 ? '"' : "\n"}`).join(
      "",
    );
    const unquoted = text.replace(/[\n"]/g, " ");
    const file = `${unquoted},x\n"${text.replaceAll('"', '""')}","${text.replaceAll('"', "")}"\n`;
    for (const size of [1, 100, 1000, 4096]) {
      const { records } = readCsv(file, { fields: 2, cuts: cutsOf(file.length, size) });
      assert.deepEqual(records[0]!.values, [unquoted, "x"]);
      assert.deepEqual(records[1]!.values, [text, text.replaceAll('"', "")]);
    }
  });

  it("needs no more memory for unquoted texts than a chunk has bytes", () => {
    let most = 0;
    const handler = {
      record: ({ scratch }: Fields) => void (most = Math.max(most, scratch.length)),
      bad: () => assert.fail(),
    };
    const reader = new CsvReader({ ...COPY_CSV, fields: 2 }, handler);
    const chunk = Buffer.from('"a""b","c""d"\n'.repeat(100));
    for (let n = 0; n < 100; n++) reader.push(chunk);
    assert.equal(most, chunk.length);
  });

  it("takes time in proportion to the size of files that are full of stray quotes", () => {
    const pieces = [
      '"',
      'a,"\n',
      'a,b" c,d\n',
      '"a\nb,c\n',
      '"a""\n',
      '"""a\n""b\n',
      'a,b\n"',
      '"\n\n',
    ];
    for (const piece of pieces) {
      for (const maxRecordBytes of [5000, COPY_CSV.maxRecordBytes]) {
        const file = Buffer.from(`x,"y\n${piece.repeat(2 ** 19 / piece.length)}x,y`);
        let last = 0;
        const reader = new CsvReader(
          { ...COPY_CSV, fields: 2, maxRecordBytes },
          {
            record: (_fields, _offset, end) => void (last = end),
            bad: ({ end }) => void (last = end),
          },
        );
        const began = process.cpuUsage();
        for (let at = 0; at < file.length; at += 4096) reader.push(file.subarray(at, at + 4096));
        reader.end();
        // Each takes less than 50 ms. If lines were read again for each line before them: a minute.
        const { user } = process.cpuUsage(began);
        assert.ok(user < 5_000_000, `${JSON.stringify(piece)} takes ${user} microseconds`);
        assert.equal(last, file.length);
      }
    }
  });
});

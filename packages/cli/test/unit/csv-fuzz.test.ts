import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { CsvError, type Options } from "csv-parse";
import { parse } from "csv-parse/sync";
import fc, { type Arbitrary } from "fast-check";

import { cutsOf, readCsv } from "../helpers/read-csv.js";
import { writtenCsv } from "../helpers/written-csv.js";

const CHUNK_BYTES = [1, 2, 3, 5, 8, 13];

const csvParseOptions: Options = {
  bom: true,
  record_delimiter: ["\r\n", "\n"],
  relax_column_count: true,
  cast: (value, { quoting }) => (value === "" && !quoting ? null : value),
};

/** Any text of the pieces. */
function textsOf(...pieces: string[]): Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...pieces), maxLength: 40 });
}

/**
 * Where csv-parse differs, and why: it refuses a file at a quote inside a field or at a character after a
 * closing quote, which COPY takes; and it takes a carriage return in a line as data, which COPY refuses.
 */
describe("a generated file of CSV", () => {
  it("is read as it was written, and as csv-parse reads it, in chunks of any size", () => {
    const files = writtenCsv(["\n", "\r\n"]);
    fc.assert(
      fc.property(files, ({ file, delimiter, fields, rows }) => {
        const { found, records } = readCsv(file, { delimiter, fields });
        const values = records.map((record) => record.values);
        // Empty lines are skipped unless records have one field.
        const written = rows.map((row) => [...row]);
        assert.deepEqual(values, written);
        assert.equal(records.length, found.length);
        assert.deepEqual(parse(file, { ...csvParseOptions, delimiter }), values);
        const bytes = Buffer.from(file);
        for (const size of CHUNK_BYTES) {
          const chunked = readCsv(bytes, { delimiter, fields, cuts: cutsOf(bytes.length, size) });
          assert.deepEqual(chunked.found, found);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("is read as csv-parse reads it, whatever is in it, if csv-parse takes it", () => {
    let taken = 0;
    fc.assert(
      fc.property(textsOf("a", " ", ",", '"', '""', "\n", "\r\n", '\n"', '",'), (file) => {
        let expected: unknown;
        try {
          expected = parse(file, { ...csvParseOptions, skip_empty_lines: true });
        } catch (error) {
          assert.ok(error instanceof CsvError);
          if (error.code === "CSV_QUOTE_NOT_CLOSED")
            assert.notEqual(readCsv(file).reasons.length, 0);
          return;
        }
        taken++;
        const { records, reasons } = readCsv(file);
        assert.deepEqual(
          records.map(({ values }) => values),
          expected,
        );
        assert.deepEqual(reasons, []);
      }),
      { numRuns: 20_000 },
    );
    assert.ok(taken > 2000, `csv-parse takes only ${taken}`);
  });

  it("is covered by what is found, whatever is in it and however it is cut", () => {
    const files = textsOf(
      "a",
      "a",
      "bb",
      ",",
      ",",
      '"',
      '""',
      "\n",
      "\n",
      "\r",
      "\r\n",
      ',"',
      '",',
      '"\n',
    );
    const cuts = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 5 });
    const limits = fc.constantFrom(8, 12, 20, 1000);
    const lineEnds = fc.constantFrom("\n" as const, "\r" as const);
    const counts = fc.constantFrom(undefined, 1, 2);
    fc.assert(
      fc.property(
        files,
        cuts,
        limits,
        lineEnds,
        counts,
        (file, anyCuts, maxRecordBytes, lineEnd, fields) => {
          const bytes = Buffer.from(file);
          const dialect = { maxRecordBytes, lineEnd, fields };
          const { found, records } = readCsv(bytes, dialect);
          const sorted = anyCuts.toSorted((a, b) => a - b);
          for (const some of [sorted, ...CHUNK_BYTES.map((size) => cutsOf(bytes.length, size))]) {
            assert.deepEqual(readCsv(bytes, { ...dialect, cuts: some }).found, found);
          }
          let covered = 0;
          for (const { offset, end, line } of [
            ...found,
            { offset: bytes.length, end: bytes.length, line: 0 },
          ]) {
            assert.match(
              bytes.subarray(covered, offset).toString(),
              lineEnd === "\r" ? /^\r*$/ : /^(\r?\n)*\r?$/,
            );
            if (line > 0) assert.equal(line, 1 + countOf(bytes.subarray(0, offset), lineEnd));
            assert.ok(end > offset || line === 0);
            covered = end;
          }
          for (const record of records) {
            const { offset, end, line } = record;
            const alone = readCsv(bytes.subarray(offset, end), {
              ...dialect,
              start: { offset, line },
            });
            assert.deepEqual(alone.found, [record]);
          }
        },
      ),
      { numRuns: 10_000 },
    );
  });
});

function countOf(bytes: Uint8Array, lineEnd: string): number {
  return bytes.filter((byte) => byte === lineEnd.charCodeAt(0)).length;
}

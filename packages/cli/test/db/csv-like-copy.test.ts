import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import fc from "fast-check";
import { Client, DatabaseError } from "pg";

import { copyFrom, copyTo } from "../helpers/copy-csv.js";
import { readCsv, type CsvReading } from "../helpers/read-csv.js";
import { writtenCsv } from "../helpers/written-csv.js";

type Row = readonly (string | null)[];

/** What COPY takes of a file: the rows, or the message with which it refuses it. */
type Taken = { readonly rows: Row[] } | { readonly refusal: string };

const BAD_COPY_FILE_FORMAT = "22P04";

describe("a file of CSV", () => {
  const client = new Client({ connectionString: process.env["DATABASE_URL"] });
  before(async () => {
    await client.connect();
    for (const fields of [1, 2, 3, 4]) {
      const columns = columnsOf(fields).map((name) => `${name} text`);
      await client.query(
        `CREATE TEMP TABLE copied_${fields} (n int GENERATED ALWAYS AS IDENTITY, ${columns.join()})`,
      );
    }
  });
  after(() => client.end());

  /** Loads a file into an empty table with so many columns. */
  async function copied(file: string, fields: number, options: string): Promise<Taken> {
    const columns = columnsOf(fields).join();
    await client.query("BEGIN");
    try {
      const list = `FORMAT csv, ENCODING utf8, ${options}`;
      const sql = `COPY copied_${fields} (${columns}) FROM STDIN (${list})`;
      await copyFrom(client, sql, Buffer.from(file));
      const text = `SELECT ${columns} FROM copied_${fields} ORDER BY n`;
      return { rows: (await client.query<string[]>({ text, rowMode: "array" })).rows };
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code !== BAD_COPY_FILE_FORMAT) throw error;
      return { refusal: error.message };
    } finally {
      await client.query("ROLLBACK");
    }
  }

  for (const lineEnd of ["\n", "\r\n", "\r"] as const) {
    it(`is read as COPY reads it, if its lines end in ${JSON.stringify(lineEnd)}`, async () => {
      await fc.assert(
        fc.asyncProperty(writtenCsv([lineEnd]), async ({ file, delimiter, fields, rows }) => {
          const options = `DELIMITER '${delimiter}'`;
          assert.deepEqual(await copied(file, fields, options), { rows });
          const reading = {
            delimiter,
            fields,
            lineEnd: lineEnd === "\r" ? lineEnd : "\n",
          } as const;
          assert.deepEqual(valuesOf(file, reading), rows);
        }),
        { numRuns: 150 },
      );
    });
  }

  it("is read, or refused, as COPY does it, whatever is in it", async () => {
    const pieces = [
      "a",
      "a",
      "b",
      ",",
      ",",
      '"',
      '""',
      "\n",
      "\n",
      "\r",
      ',"',
      '",',
      '"\n',
      " ",
      "N",
      ".",
    ];
    const files = fc.string({ unit: fc.constantFrom(...pieces), maxLength: 24 });
    const nullTexts = fc.constantFrom("", "N");
    const counts = { taken: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        files,
        fc.constantFrom(1, 2, 2),
        nullTexts,
        async (text, fields, nullText) => {
          const file = asCopyWantsIt(text, fields);
          const taken = await copied(file, fields, `NULL '${nullText}'`);
          const { found, records, reasons } = readCsv(file, { fields, nullText });
          if ("rows" in taken) {
            counts.taken++;
            if (reasons.includes("unterminated quoted field")) {
              // A quote that opened inside a field and closes on another line. Nothing else is refused.
              assert.match(file, /[^,\n]"[^"]*\n/);
              return;
            }
            assert.deepEqual(
              records.map(({ values }) => values),
              taken.rows,
            );
            assert.equal(found.length, records.length);
          } else {
            counts.refused++;
            assert.notEqual(reasons.length, 0, taken.refusal);
          }
        },
      ),
      { numRuns: 2000 },
    );
    assert.ok(counts.taken > 300 && counts.refused > 300, JSON.stringify(counts));
  });

  const written: readonly [options: string, reading: CsvReading][] = [
    ["", {}],
    ["DELIMITER ';', QUOTE ''''", { delimiter: ";", quote: "'" }],
    ["DELIMITER E'\\t', NULL '\\N'", { delimiter: "\t", nullText: "\\N" }],
    ["FORCE_QUOTE *", {}],
    ["DELIMITER '|', NULL 'NULL', FORCE_QUOTE (v)", { delimiter: "|", nullText: "NULL" }],
  ];
  for (const [options, reading] of written) {
    it(`that COPY TO wrote is read back: ${options || "with its defaults"}`, async () => {
      const list = options === "" ? "FORMAT csv" : `FORMAT csv, ${options}`;
      const file = await copyTo(
        client,
        `COPY (SELECT * FROM (${VALUES}) AS t) TO STDOUT (${list})`,
      );
      // format() calls the output function of a type, as COPY does.
      const text = `SELECT format('%s', n), CASE WHEN v IS NOT NULL THEN format('%s', v) END FROM (${VALUES}) AS t`;
      const { rows } = await client.query<string[]>({ text, rowMode: "array" });
      assert.ok(rows.length > 40);
      assert.deepEqual(valuesOf(file, { ...reading, fields: 2 }), rows);
    });
  }

  it("that COPY TO wrote is read back with fields of every type", async () => {
    const columns = Object.entries(EVERY_TYPE).map(
      ([name, value], n) => `${value}::${name} AS c${n}`,
    );
    const query = `SELECT ${columns.join()} UNION ALL SELECT ${columns.map(() => "NULL").join()}`;
    const file = await copyTo(client, `COPY (${query}) TO STDOUT (FORMAT csv, HEADER)`);
    const texts = columns.map((_, n) => `CASE WHEN c${n} IS NOT NULL THEN format('%s', c${n}) END`);
    const text = `SELECT ${texts.join()} FROM (${query}) AS t`;
    const { rows } = await client.query<string[]>({ text, rowMode: "array" });
    const [header, ...values] = valuesOf(file, { fields: columns.length });
    assert.deepEqual(
      header,
      columns.map((_, n) => `c${n}`),
    );
    assert.deepEqual(values, rows);
  });
});

function columnsOf(fields: number): string[] {
  return Array.from({ length: fields }, (_, n) => `c${n}`);
}

function valuesOf(file: string | Buffer, reading: CsvReading): (readonly unknown[])[] {
  const { found, records } = readCsv(file, reading);
  assert.equal(found.length, records.length);
  return records.map(({ values }) => values);
}

/**
 * Takes out of a file what is read although COPY refuses it: `\r\n` beside `\n`, a last line that ends in
 * `\r`, and empty lines where records have several fields. The first line says to COPY that lines end in
 * `\n`. A line of `\.`, at which servers before 18 end the file, is not generated.
 */
function asCopyWantsIt(text: string, fields: number): string {
  const file = `${fields === 1 ? "x" : "x,y"}\n${text}`.replace(/\r+(?=\n|$)/g, "");
  return fields === 1 ? file : file.replace(/\n{2,}/g, "\n");
}

const STRINGS = [
  "",
  " ",
  "a",
  " a ",
  ",",
  ";",
  "|",
  "\t",
  "'",
  '"',
  '""',
  '"a"',
  'a"b',
  "a,b",
  "a;b",
  "a|b",
  "a\tb",
  "\n",
  "\r",
  "\r\n",
  "a\nb",
  "a\r\nb",
  "a\n",
  "\na",
  "\\",
  "\\N",
  "\\.",
  "NULL",
  "null",
  "\\n",
  "é",
  "\u{1F600}",
  "\uFEFF",
  "\uFEFFa",
  '",\n"',
  "''",
  "'a'",
  "{}",
  '{"a":"b\\"c"}',
  "x".repeat(10_000),
  '"'.repeat(999),
];
/** Odd strings, and NULL. */
const VALUES =
  `VALUES (0, NULL), ${STRINGS.map((text, n) => `(${n + 1}, ${literal(text)})`).join()}, (99, NULL)`
    .replace(/^/, "SELECT * FROM (")
    .concat(") AS s (n, v)");

function literal(text: string): string {
  return `E'${text.replace(/['\\]/g, "\\$&")}'`;
}

const EVERY_TYPE: Readonly<Record<string, string>> = {
  bool: "true",
  int2: "-1",
  int8: "9223372036854775807",
  numeric: "'NaN'",
  float8: "'-Infinity'",
  money: "1234.5",
  text: "E'a\"b\\n,'",
  "char(3)": "'a'",
  bytea: "'\\x00ff22'",
  date: "'infinity'",
  timestamptz: "'2024-01-01 00:00:00.5+02'",
  interval: "'1 mon 2 days 03:04:05'",
  uuid: "'00000000-0000-0000-0000-000000000001'",
  jsonb: `'{"a": [1, "b,c", "d\\"e"]}'`,
  json: `E'{\\n"a" : "b"}'`,
  xml: "'<a b=\"c\"/>'",
  inet: "'::1/64'",
  macaddr: "'08:00:2b:01:02:03'",
  bit: "B'1'",
  point: "'(1,2)'",
  polygon: "'((0,0),(1,1),(1,0))'",
  tsvector: "$$'a,b':1 'c\"d'$$",
  int4range: "'[1,5)'",
  nummultirange: "'{[1,2),[3,4)}'",
  '"int4"[]': "'{{1,NULL},{3,4}}'",
  "text[]": `'{"a,b","c\\"d",NULL,""}'`,
};

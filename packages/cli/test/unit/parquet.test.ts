import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";

import fc from "fast-check";

import type { FieldForm } from "../../dist/read/parquet/column-source.js";
import { ParquetError } from "../../dist/read/parquet/parquet-error.js";
import { openParquet } from "../../dist/read/parquet/parquet-file.js";
import { ParquetReader } from "../../dist/read/parquet/parquet-reader.js";
import {
  expectedColumns,
  fixturePath,
  parquetFixtures,
  readParquet,
  type ExpectedColumn,
} from "../helpers/parquet-fixtures.js";
import { KeepingHandler } from "../helpers/read-records.js";

const folder = mkdtempSync(join(tmpdir(), "batch-copy-parquet-"));
after(() => rmSync(folder, { recursive: true }));

describe("the reader of Parquet", () => {
  for (const file of parquetFixtures) {
    it(`reads the columns of ${file}, and proposes types for them`, async () => {
      const columns = expectedColumns(file);
      const opened = await openParquet(fixturePath(file));
      await opened.close();
      assert.deepEqual(
        opened.columns.map(({ name, sqlType }) => [name, sqlType]),
        columns.map(({ name, sql }) => [name, sql]),
      );
      assert.equal(opened.rowCount, columns[0]!.texts.length);
      for (const column of columns) {
        const { found } = await readParquet(fixturePath(file), { [column.name]: formOf(column) });
        const read = found.map((each) => ("values" in each ? each.values[0] : null));
        assert.deepEqual(read.map(normalForm(column)), wanted(column), column.name);
      }
    });
  }

  it("hands on values of JavaScript that lose nothing", async () => {
    const names = ["bool", "int32", "uint32", "int64", "uint64", "float32", "decimal38", "binary"];
    const { records } = await readParquet(fixturePath("types.parquet"), allOf(names, "value"));
    assert.deepEqual(
      records.map(({ values }) => values),
      [
        [
          true,
          -2147483648,
          0,
          -(2n ** 63n),
          "0",
          Math.fround(0.1),
          `-9.${"9".repeat(37)}`,
          new Uint8Array(),
        ],
        [
          false,
          2147483647,
          4294967295,
          2n ** 63n - 1n,
          "18446744073709551615",
          16777216,
          `0.${"0".repeat(36)}1`,
          Uint8Array.of(0, 255, 92, 120),
        ],
        names.map(() => null),
      ],
    );
  });

  it("hands on lists as arrays, whose elements are values or texts", async () => {
    const { records } = await readParquet(fixturePath("nested-2.parquet"), {
      ints: "value",
      texts: "value",
      grid: "value",
    });
    assert.deepEqual(records[0]!.values, [
      null,
      ["a", null, ""],
      [
        ["1.0", "2.0"],
        ["3.0", null],
      ],
    ]);
    assert.deepEqual(records[3]!.values, [[1n, null, 2n ** 63n - 1n], [], [["4.0"]]]);
    const texts = await readParquet(fixturePath("nested-2.parquet"), { ints: "text" });
    assert.deepEqual(texts.records[3]!.values, [["1", null, "9223372036854775807"]]);
  });

  it("makes JSON of plain values too", async () => {
    const names = ["bool", "int64", "float16", "float32_odd", "string", "date", "json", "binary"];
    const { records } = await readParquet(fixturePath("types.parquet"), allOf(names, "json"));
    assert.deepEqual(records[0]!.values, [
      "true",
      "-9223372036854775808",
      "1.5",
      '"NaN"',
      '""',
      '"2024-02-29"',
      '{"a": [1, 12345678901234567890.50]}',
      String.raw`"\\x"`,
    ]);
    assert.equal(records[1]!.values[2], '"-Infinity"');
    assert.deepEqual(
      records[2]!.values,
      names.map((name) => (name === "float32_odd" ? "1e-45" : null)),
    );
  });

  it("goes on after a row with a value that PostgreSQL cannot store", async () => {
    const { found } = await readParquet(fixturePath("bad-values.parquet"), {
      id: "value",
      list: "text",
      ns: "text",
    });
    const finer = "is more precise than a microsecond, the precision of PostgreSQL";
    assert.deepEqual(found, [
      {
        values: [0, ["00:00:00.000001", "00:00:00.000002"], "1970-01-01 00:00:00"],
        offset: 0,
        end: 1,
        line: 1,
      },
      { reason: `column "ns": 1970-01-01 00:00:00.000000001 ${finer}`, offset: 1, end: 2, line: 2 },
      { reason: `column "list": 00:00:00.000000001 ${finer}`, offset: 2, end: 3, line: 3 },
      { reason: `column "ns": 1970-01-01 00:00:00.000000001 ${finer}`, offset: 3, end: 4, line: 4 },
      {
        values: [4, ["00:00:00.000003"], "1970-01-01 00:00:00.000002"],
        offset: 4,
        end: 5,
        line: 5,
      },
    ]);
  });

  it("keeps in JSON the nanoseconds that PostgreSQL cannot store", async () => {
    const { records } = await readParquet(fixturePath("bad-values.parquet"), {
      ns: "json",
      list: "json",
    });
    assert.deepEqual(records[1]!.values, ['"1970-01-01 00:00:00.000000001"', '["00:00:00"]']);
    assert.deepEqual(records[2]!.values, [
      '"1970-01-01 00:00:00.000001"',
      '["00:00:00","00:00:00.000000001","00:00:00.000002"]',
    ]);
  });

  it("begins at any row, as if it had read the rows before", async () => {
    for (const file of ["zstd-1", "gzip-2", "nested-1", "nested-2", "fallback", "delta-2", "rle"]) {
      const path = fixturePath(`${file}.parquet`);
      const forms = Object.fromEntries(
        expectedColumns(`${file}.parquet`).map((column) => [column.name, formOf(column)]),
      );
      const { found } = await readParquet(path, forms);
      const step = found.length > 100 ? 7 : 1;
      for (let row = 0; row <= found.length; row += step) {
        const rest = await readParquet(path, forms, row);
        assert.deepEqual(rest.found, found.slice(row), `${file} from row ${row}`);
      }
    }
  });

  it("tells the number of each row, across row groups", async () => {
    const { found } = await readParquet(fixturePath("snappy-2.parquet"), { number: "value" });
    assert.deepEqual(
      found,
      Array.from({ length: 100 }, (_, n) => ({
        values: [BigInt(n - 50)],
        offset: n,
        end: n + 1,
        line: n + 1,
      })),
    );
  });

  it("counts the rows if no column is wanted", async () => {
    const { found } = await readParquet(fixturePath("snappy-2.parquet"), {}, 30);
    assert.deepEqual([found.length, found[0]?.offset], [70, 30]);
  });

  it("reads nothing after it is stopped", async () => {
    const file = await openParquet(fixturePath("snappy-2.parquet"));
    const handler = new KeepingHandler();
    const fields = [{ name: "number", form: "value" as const }];
    const reader: ParquetReader = new ParquetReader(file, fields, {
      record(...place) {
        handler.record(...place);
        if (handler.found.length === 50) {
          reader.stop();
        }
      },
      bad: (record) => handler.bad(record),
    });
    while (await reader.read());
    assert.equal(await reader.read(), false);
    await file.close();
    assert.equal(handler.found.length, 50);
  });

  it("reads only the columns that are wanted", async () => {
    const bytes = readFileSync(fixturePath("delta-1.parquet"));
    // The first column, without its statistics in the footer.
    bytes.fill(0xff, 4, 40);
    const path = join(folder, "half.parquet");
    writeFileSync(path, bytes);
    const huge = expectedColumns("delta-1.parquet").find(({ name }) => name === "huge")!;
    const { records } = await readParquet(path, { huge: "text" });
    assert.deepEqual(
      records.map(({ values }) => values[0]),
      huge.texts,
    );
    await assert.rejects(readParquet(path, { wide: "text" }), {
      name: "ParquetError",
      message: /^Cannot read column "wide" in row group 1: /,
    });
  });

  it("refuses a column that the file does not have", async () => {
    await assert.rejects(readParquet(fixturePath("int96.parquet"), { At: "value" }), {
      name: "ParquetError",
      message: 'The file has no column "At"',
    });
  });
});

describe("a damaged Parquet file", () => {
  const whole = readFileSync(fixturePath("snappy-2.parquet"));

  const cases: [what: string, bytes: Uint8Array, problem: RegExp][] = [
    ["an empty file", Buffer.alloc(0), /: it is too short for a Parquet file$/],
    [
      "a text",
      Buffer.from("a,b,c\n1,2,3\n4,5,6\n"),
      /: it is not a Parquet file, which begins with PAR1$/,
    ],
    [
      "the beginning of a file",
      whole.subarray(0, -1000),
      /: it does not end with PAR1: the file was not written to its end$/,
    ],
    ["only the magic", Buffer.from("PAR1\0\0\0\0PAR1"), /^Cannot read .*: /],
    [
      "a footer that is longer than the file",
      Buffer.from("PAR1\xff\xff\xff\x7fPAR1", "latin1"),
      /: metadata length 2147483647 exceeds/,
    ],
    [
      "an encrypted file",
      Buffer.from("PARE........PARE"),
      /: its footer is encrypted, which is not supported$/,
    ],
  ];
  for (const [what, bytes, problem] of cases) {
    it(`is refused with the reason: ${what}`, async () => {
      const path = join(folder, "damaged.parquet");
      writeFileSync(path, bytes);
      await assert.rejects(openParquet(path), { name: "ParquetError", message: problem });
    });
  }

  it("never gives other rows, if its pages have checksums", async () => {
    const footer = whole.length - 8 - whole.readUInt32LE(whole.length - 8);
    const forms = { number: "text", text: "text", list: "json" } as const;
    const { found } = await readParquet(fixturePath("snappy-2.parquet"), forms);
    let refused = 0;
    for (let at = 4; at < footer; at += 7) {
      const path = join(folder, "flipped.parquet");
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 1 << (at % 8);
      writeFileSync(path, bytes);
      const read = await readOrRefuse(path, forms);
      if (read === undefined) {
        refused++;
      } else {
        assert.deepEqual(read, found, `byte ${at}`);
      }
    }
    assert.ok(refused > footer / 7 / 2, `${refused} refused of ${footer / 7}`);
  });

  it("is refused, or read in part, but never crashes or hangs", async () => {
    const files = [
      "types",
      "nested-1",
      "nested-2",
      "delta-1",
      "delta-bytes",
      "split",
      "rle",
      "fallback",
      "gzip-1",
      "brotli-1",
      "lz4-1",
      "zstd-1",
      "duckdb",
    ];
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), damage, async (file, changes) => {
        const bytes = readFileSync(fixturePath(`${file}.parquet`));
        for (const [place, byte] of changes) {
          bytes[4 + (place % (bytes.length - 12))] = byte;
        }
        const path = join(folder, "fuzzed.parquet");
        writeFileSync(path, bytes);
        const forms = Object.fromEntries(
          expectedColumns(`${file}.parquet`).map((column) => [column.name, formOf(column)]),
        );
        if ((await readOrRefuse(path, forms)) === undefined) {
          refused++;
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(refused > 50, `${refused} refused`);
  });
});

/** What is read, or undefined if the file is refused. Any other error is thrown. */
async function readOrRefuse(
  path: string,
  forms: Readonly<Record<string, FieldForm>>,
): Promise<unknown> {
  try {
    return (await readParquet(path, forms)).found;
  } catch (error) {
    assert.ok(error instanceof ParquetError, String((error as Error).stack));
    return undefined;
  }
}

function allOf(names: readonly string[], form: FieldForm): Record<string, FieldForm> {
  return Object.fromEntries(names.map((name) => [name, form]));
}

function formOf({ sql, json }: ExpectedColumn): FieldForm {
  return sql === "jsonb" || json !== undefined ? "json" : "text";
}

function wanted(column: ExpectedColumn): unknown[] {
  return (column.json ?? column.texts).map(normalForm(column));
}

/** PostgreSQL and JavaScript print large numbers in different ways, and intervals too. */
function normalForm({ sql }: ExpectedColumn): (text: unknown) => unknown {
  if (sql === "real" || sql === "double precision") {
    return (text) => (text === null ? null : Number(text));
  }
  return (text) => (text === "1 year 2 days 00:00:03.5" ? "P12M2DT3.500S" : text);
}

import { float8, int4, int8, table, text, timestamptz, type Columns } from "batch-copy";

import { pick, scatter } from "../workloads/scatter.js";
import { SCHEMA, type Row, type Workload } from "../workloads/workload.js";
import { csvLine } from "./csv-line.js";
import type { FileLoad } from "./file-load.js";

const COLUMNS = 60;
const TEXTS = ["open", "in transit", "delivered, signed", 'marked "fragile"', "Zürich", ""];
const FIRST_MOMENT = Date.UTC(2026, 0, 1);
const NULL_EVERY = 8;

/** A column of each kind in turn. */
const KINDS: readonly {
  readonly type: Columns[string];
  readonly value: (h: number) => Row[string];
}[] = [
  { type: int4.nullable(), value: (h) => (h >>> 4) % 100_000 },
  { type: float8.nullable(), value: (h) => ((h >>> 4) % 1_000_000) / 64 },
  { type: text.nullable(), value: (h) => pick(TEXTS, h >>> 4) },
  { type: timestamptz.nullable(), value: (h) => new Date(FIRST_MOMENT + (h >>> 4)) },
  { type: int8.nullable(), value: (h) => h * 1024 },
];

const NAMES = Array.from({ length: COLUMNS }, (_, n) => `c${n + 1}`);
const mixed = table<Columns>(
  "mixed",
  Object.fromEntries(NAMES.map((name, index) => [name, pick(KINDS, index).type])),
  { schema: SCHEMA },
);

const workload: Workload = {
  name: "mixed-file",
  description: `${COLUMNS} columns`,
  table: mixed,
  rows: 200_000,
  rowsPerInsert: 500,
  row: (n) =>
    Object.fromEntries(
      NAMES.map((name, index) => {
        const h = scatter(n * COLUMNS + index);
        return [name, (h >>> 8) % NULL_EVERY === 0 ? null : pick(KINDS, index).value(h)];
      }),
    ),
  line: (row, escaped) =>
    `${Object.values(row)
      .map((value) => (value === null ? String.raw`\N` : escaped(textOf(value))))
      .join("\t")}\n`,
};

const COLUMNS_TEXT = `${COLUMNS} columns: int4, float8, text, timestamptz, int8; 1 value in ${NULL_EVERY} NULL`;

/** A wide table as CSV. */
export const mixedCsvFile: FileLoad = {
  name: "load-wide",
  description: `CSV of ${COLUMNS_TEXT}`,
  format: "csv",
  workload,
  line: (n) => csvLine(workload.row(n)),
};

/** The same rows as Parquet. */
export const mixedParquetFile: FileLoad = {
  ...mixedCsvFile,
  name: "load-parquet",
  description: `Parquet of ${COLUMNS_TEXT}`,
  format: "parquet",
};

function textOf(value: Row[string]): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

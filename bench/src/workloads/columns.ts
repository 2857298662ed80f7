import { int8, table, text, type Columns } from "batch-copy";

import { pick, scatter } from "./scatter.js";
import { SCHEMA, type Workload } from "./workload.js";

const BYTES_OF_ALL_ROWS = 100_000_000;
const BYTES_PER_COLUMN = 12;
const BYTES_PER_ROW = 32;
const MAX_ROWS = 2_000_000;

const TEXTS = Array.from({ length: 64 }, (_, n) => `/page/${n}`);

/** `count` columns, alternating text and int8, for the curve over the number of columns. */
export function columnsWorkload(count: number): Workload {
  const names = Array.from({ length: count }, (_, n) => `c${n + 1}`);
  const columns: Columns = Object.fromEntries(
    names.map((name, index) => [name, index % 2 === 0 ? text : int8]),
  );
  const template: Record<string, string | number> = Object.fromEntries(
    names.map((name) => [name, ""]),
  );
  const bytesPerRow = BYTES_PER_ROW + count * BYTES_PER_COLUMN;
  return {
    name: `columns:${count}`,
    description: `${count} columns, alternating text of 8 characters and int8`,
    table: table("columns", columns, { schema: SCHEMA }),
    rows: Math.min(MAX_ROWS, Math.round(BYTES_OF_ALL_ROWS / bytesPerRow)),
    rowsPerInsert: 1000,
    row(n) {
      const row = { ...template };
      for (let index = 0; index < count; index++) {
        row[names[index]!] = index % 2 === 0 ? pick(TEXTS, n + index) : scatter(n + index);
      }
      return row;
    },
    line: (row, escaped) =>
      `${Object.values(row)
        .map((value) => (typeof value === "string" ? escaped(value) : value))
        .join("\t")}\n`,
  };
}

import { table, text } from "batch-copy";

import { scatter } from "./scatter.js";
import { SCHEMA, type Workload } from "./workload.js";

const BYTES_OF_ALL_ROWS = 200_000_000;
const BYTES_PER_ROW = 40;
const MAX_ROWS = 2_000_000;
const STARTS = 1024;

const texts = table("texts", { content: text }, { schema: SCHEMA });

/** One text of `length` ASCII characters, for the curve over text lengths. */
export function textsWorkload(length: number): Workload<(typeof texts)["columns"]> {
  const source = Array.from({ length: length + STARTS }, (_, n) =>
    String.fromCharCode(97 + ((scatter(n) >>> 8) % 26)),
  ).join("");
  return {
    name: `texts:${length}`,
    description: `one text of ${length} characters`,
    table: texts,
    rows: Math.min(MAX_ROWS, Math.round(BYTES_OF_ALL_ROWS / (BYTES_PER_ROW + length))),
    rowsPerInsert: Math.max(1, Math.min(1000, Math.round(1_000_000 / length))),
    row(n) {
      const start = n % STARTS;
      return { content: source.slice(start, start + length) };
    },
    line: (row, escaped) => `${escaped(row.content)}\n`,
  };
}

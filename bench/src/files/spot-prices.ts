import { readFileSync } from "node:fs";
import { join } from "node:path";

import { float8, table, text, timestamptz } from "batch-copy";

import { SCHEMA, type Workload } from "../workloads/workload.js";
import { csvLine } from "./csv-line.js";
import type { FileLoad } from "./file-load.js";

const FILE = join(import.meta.dirname, "..", "..", "data", "spotprices.csv");
const LINES = 9000;
const PASSES = 100;

const spotPrices = table(
  "spotprices",
  { dt: timestamptz, instance: text, os: text, az: text, price: float8 },
  { schema: SCHEMA },
);

let lines: readonly string[] | undefined;

/** A line of the file without its end. No field of it is quoted. */
function lineOf(n: number): string {
  lines ??= readFileSync(FILE, "latin1").trimEnd().split("\n");
  return lines[n % LINES]!;
}

const workload: Workload<(typeof spotPrices)["columns"]> = {
  name: "spotprices-file",
  description: "timestamptz, 3 short texts, float8",
  table: spotPrices,
  rows: LINES * PASSES,
  rowsPerInsert: 1000,
  row(n) {
    const [dt = "", instance = "", os = "", az = "", price = ""] = lineOf(n).split(",");
    return { dt, instance, os, az, price: Number(price) };
  },
  line: (row, escaped) =>
    `${row.dt as string}\t${escaped(row.instance)}\t${escaped(row.os)}\t${escaped(row.az)}\t${row.price}\n`,
};

/** The real file of the Rust original, over and over. */
export const spotPricesFile: FileLoad = {
  name: "load-spotprices",
  description: "CSV of 5 columns: timestamptz, 3 short texts, float8",
  format: "csv",
  workload,
  cycle: LINES,
  line: (n) => `${lineOf(n)}\n`,
};

const WRONG_EVERY = 10;

/** The same with one wrong line in ten: in turn, a field is missing, and a text stands in the place of the price. */
export const dirtySpotPricesFile: FileLoad = {
  ...spotPricesFile,
  name: "load-dirty",
  line(n) {
    const wrongBefore = wrongLines(n);
    if ((n + 1) % WRONG_EVERY !== 0) return `${lineOf(n - wrongBefore)}\n`;
    const row = workload.row(n);
    const { price, ...missing } = row;
    return wrongBefore % 2 === 0
      ? csvLine(missing)
      : csvLine({ ...missing, price: `USD ${price}` });
  },
  rejected: wrongLines,
};

function wrongLines(lineCount: number): number {
  return Math.floor(lineCount / WRONG_EVERY);
}

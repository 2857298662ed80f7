import { float8, int4, table, type Columns } from "batch-copy";

import { SCHEMA, type Workload } from "./workload.js";

const COLUMNS = 100;
const NAMES = Array.from({ length: COLUMNS }, (_, n) => `c${n + 1}`);

/** Copying an object is twice as fast as adding this many keys to an empty one. */
const TEMPLATE: Record<string, number> = Object.fromEntries(NAMES.map((name) => [name, 0]));

const wide = table<Columns>(
  "wide",
  Object.fromEntries(NAMES.map((name, index) => [name, index % 2 === 0 ? int4 : float8])),
  { schema: SCHEMA },
);

/** Sensors, ticks, features: many numbers. */
export const wideWorkload: Workload = {
  name: "wide",
  description: "100 columns, alternating int4 and float8",
  table: wide,
  rows: 500_000,
  rowsPerInsert: 500,
  row(n) {
    const row = { ...TEMPLATE };
    for (let index = 0; index < COLUMNS; index += 2) {
      row[NAMES[index]!] = n * 16 + index;
      row[NAMES[index + 1]!] = (n % 100_000) * 8 + index / 8;
    }
    return row;
  },
  line: (row) => `${Object.values(row).join("\t")}\n`,
};

import { float8, table, text, timestamptz } from "batch-copy";

import { pick, scatter } from "./scatter.js";
import { SCHEMA, type Workload } from "./workload.js";

const INSTANCES = ["c4.large", "d2.xlarge", "m4.2xlarge", "p2.8xlarge", "r3.large"];
const SYSTEMS = ["Linux/UNIX", "SUSE Linux", "Windows"];
const REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1"];
const ZONES = ["a", "b", "c", "d", "e"];
const FIRST_MOMENT = Date.UTC(2017, 4, 8, 21, 38, 41);

const spotPrices = table(
  "spotprices",
  { dt: timestamptz, instance: text, os: text, region: text, az: text, price: float8 },
  { schema: SCHEMA },
);

/** The table of the Rust original's CSV example. */
export const spotPricesWorkload: Workload<(typeof spotPrices)["columns"]> = {
  name: "spotprices",
  description: "timestamptz, 4 short texts, float8",
  table: spotPrices,
  rows: 4_000_000,
  rowsPerInsert: 1000,
  row(n) {
    const h = scatter(n) >>> 8;
    return {
      dt: new Date(FIRST_MOMENT + n * 1000),
      instance: pick(INSTANCES, h),
      os: pick(SYSTEMS, h),
      region: pick(REGIONS, h),
      az: pick(ZONES, h >>> 3),
      price: (h % 100_000) / 10_000,
    };
  },
  line: (row, escaped) =>
    `${(row.dt as Date).toISOString()}\t${escaped(row.instance)}\t${escaped(row.os)}\t${escaped(row.region)}\t${escaped(row.az)}\t${row.price}\n`,
};

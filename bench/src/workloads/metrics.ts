import { int8, table, text } from "batch-copy";

import { pick, scatter } from "./scatter.js";
import { SCHEMA, type Workload } from "./workload.js";

const URLS = Array.from({ length: 64 }, (_, n) => `/page/${n}`);

const metrics = table("metrics", { url: text, latency_ms: int8 }, { schema: SCHEMA });

/** The table that the Rust original is measured with. */
export const metricsWorkload: Workload<(typeof metrics)["columns"]> = {
  name: "metrics",
  description: "text of 8 characters, int8",
  table: metrics,
  rows: 5_000_000,
  rowsPerInsert: 1000,
  row: (n) => ({ url: pick(URLS, n), latency_ms: (scatter(n) >>> 8) % 1000 }),
  line: (row, escaped) => `${escaped(row.url)}\t${row.latency_ms}\n`,
};

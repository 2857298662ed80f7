import { int8, table, text } from "batch-copy";

import { metricsWorkload } from "./metrics.js";
import { SCHEMA, type Workload } from "./workload.js";

const camelMetrics = table(
  "camel_metrics",
  { url: text, latencyMs: int8 },
  { schema: SCHEMA, names: "snake_case" },
);

/** The rows of `metrics` with keys that are not the names of the columns. */
export const camelMetricsWorkload: Workload<(typeof camelMetrics)["columns"]> = {
  ...metricsWorkload,
  name: "camel-metrics",
  table: camelMetrics,
  row(n) {
    const { url, latency_ms } = metricsWorkload.row(n);
    return { url, latencyMs: latency_ms };
  },
  line: ({ url, latencyMs }, escaped) =>
    metricsWorkload.line({ url, latency_ms: latencyMs }, escaped),
};

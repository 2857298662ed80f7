import type { Options } from "../contenders/job.js";
import { metricsWorkload } from "../workloads/metrics.js";
import { workloadNamed } from "../workloads/registry.js";
import type { Curve, Series } from "./curve.js";

export type { Curve } from "./curve.js";

const METRICS = metricsWorkload.name;
const ROWS = metricsWorkload.rows;
const MEBIBYTE = 2 ** 20;
const NO_LIMIT = 2 ** 31;

const LIMIT = "the limit, ready files";

const producers: Curve = {
  name: "producers",
  title: "Concurrent producers that await send()",
  xLabel: "producers",
  xScale: "log",
  xs: [1, 4, 16, 64, 256, 1024, 4096, 16_384, 50_000, 100_000],
  series: [
    {
      label: "send()",
      at: (x) => ({
        implementation: "send",
        workload: METRICS,
        rows: ROWS,
        options: { producers: x },
      }),
    },
  ],
};

/** Every batch is a commit, and there are some thousand per second: small batches get fewer rows. */
const batchRows: Curve = {
  name: "batch-rows",
  title: "sendMany() by batch size in rows",
  xLabel: "maxBatchRows",
  xScale: "log",
  xs: [10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000],
  series: [
    {
      label: "sendMany()",
      at: (x) => ({
        implementation: "send-many",
        workload: METRICS,
        rows: Math.min(ROWS, x * 6000),
        options: {
          maxBatchRows: x,
          maxBatchBytes: 64 * MEBIBYTE,
          maxBufferedBytes: 256 * MEBIBYTE,
        },
      }),
    },
  ],
};

const batchBytes: Curve = {
  name: "batch-bytes",
  title: "sendMany() by batch size in bytes",
  xLabel: "maxBatchBytes",
  xScale: "log",
  xs: [14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25].map((power) => 2 ** power),
  series: [
    {
      label: "sendMany()",
      at: (x) => ({
        implementation: "send-many",
        workload: METRICS,
        rows: ROWS,
        options: {
          maxBatchRows: NO_LIMIT,
          maxBatchBytes: x,
          maxBufferedBytes: Math.max(64 * MEBIBYTE, 4 * x),
        },
      }),
    },
  ],
};

const connections: Curve = {
  name: "connections",
  title: "Connections",
  xLabel: "connections",
  xScale: "linear",
  xs: [1, 2, 3, 4, 5, 6, 7, 8],
  series: [
    { label: "sendMany()", implementation: "send-many" },
    { label: LIMIT, implementation: "psql" },
  ].map(({ label, implementation }): Series => ({
    label,
    at: (x) => ({ implementation, workload: METRICS, rows: ROWS, options: { connections: x } }),
  })),
};

const columns: Curve = {
  name: "columns",
  title: "Columns, alternating text of 8 characters and int8",
  xLabel: "columns",
  xScale: "log",
  xs: [1, 2, 5, 10, 20, 50, 100, 200],
  series: besideOthers((x) => `columns:${x}`),
};

const textLength: Curve = {
  name: "text-length",
  title: "Text length, one column",
  xLabel: "characters",
  xScale: "log",
  xs: [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000],
  series: besideOthers((x) => `texts:${x}`),
};

/** INSERT through a pool costs a round trip per row, so it gets fewer rows the longer that takes. */
const roundTrip: Curve = {
  name: "round-trip",
  title: "Round trip to the server",
  xLabel: "round trip, ms",
  xScale: "linear",
  xs: [0, 1, 2, 5, 10, 20, 30, 40, 50],
  series: [
    fromAfar("sendMany()", "send-many", {}, () => ROWS),
    fromAfar("send(), 2,048 producers", "send", { producers: 2048 }, () => ROWS),
    fromAfar("insert(), 2,048 callers", "insert", { callers: 2048 }, (x) => ROWS / (5 + x)),
    fromAfar(
      "pg, pool of 10, INSERT",
      "pg-insert",
      { connections: 10, callers: 256 },
      (x) => ROWS / (100 + 50 * x),
    ),
  ],
};

export const curves: readonly Curve[] = [
  producers,
  batchRows,
  batchBytes,
  connections,
  columns,
  textLength,
  roundTrip,
];

/** `sendMany()`, the limit, and hand-written text. */
function besideOthers(workload: (x: number) => string): Series[] {
  return [
    { label: LIMIT, implementation: "psql" },
    { label: "sendMany()", implementation: "send-many" },
    { label: "pg-copy-streams, text", implementation: "pg-copy-streams-text" },
  ].map(({ label, implementation }) => ({
    label,
    at(x) {
      const name = workload(x);
      return { implementation, workload: name, rows: workloadNamed(name).rows };
    },
  }));
}

function fromAfar(
  label: string,
  implementation: string,
  options: Options,
  rowsAt: (roundTripMs: number) => number,
): Series {
  return {
    label,
    at: (x) => ({
      implementation,
      workload: METRICS,
      rows: Math.round(rowsAt(x)),
      options,
      roundTripMs: x,
    }),
  };
}

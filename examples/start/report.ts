import { formatNumber } from "../support/numbers.js";
import type { Measurement } from "./measure.js";

/** An aligned table of figures, a column for each way of writing. */
export function report(columns: Readonly<Record<string, Measurement>>): string {
  const all = Object.values(columns);
  const row = (label: string, cell: (of: Measurement) => string): string[] => [
    label,
    ...all.map(cell),
  ];
  return align([
    ["", ...Object.keys(columns)],
    row("rows", ({ rows }) => formatNumber(rows)),
    row("seconds", ({ seconds }) => formatNumber(seconds, 2)),
    row("rows/s", (of) => formatNumber(rowsPerSecond(of))),
    row("batches", ({ batches }) => (batches === undefined ? "-" : formatNumber(batches))),
    row("client CPU µs/row (producers included)", (of) =>
      formatNumber(of.cpuMicroseconds / of.rows, 2),
    ),
    row("sum(latency_ms) sent", ({ sent }) => formatNumber(sent.latencyMs)),
    row("count(*) on the server", ({ found }) => formatNumber(found.rows)),
    row("sum(latency_ms) on the server", ({ found }) => formatNumber(found.latencyMs)),
    row("server against sent", (of) => (isComplete(of) ? "equal" : "DIFFERENT")),
  ]);
}

/** Whether the server has what was sent. */
export function isComplete({ sent, found }: Measurement): boolean {
  return sent.rows === found.rows && sent.latencyMs === found.latencyMs;
}

export function rowsPerSecond({ rows, seconds }: Measurement): number {
  return rows / seconds;
}

/** The first column to the left, the others to the right. */
function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    }),
  );
  return lines.map((cells) => cells.join("  ")).join("\n");
}

import type { Batch, Transaction } from "./state.js";

/** Rows as a trace names them. */
export function rowList(rows: readonly number[]): string {
  return rows.length === 0 ? "none" : rows.join(" and ");
}

export function processName(index: number): string {
  return `process ${"AB"[index] ?? index}`;
}

export function describeBatch(index: number, batch: Batch): string {
  return `${processName(index)}, batch ${batch.key}:`;
}

/** A transaction, by its process, its owner and what it writes. */
export function describeTransaction({ process, batch, moves, ...rest }: Transaction): string {
  const letters = rest.letters.length > 0 ? `, letters of ${rowList(rest.letters)}` : "";
  const positions = moves.map(
    (move) => `${move.source === 0 ? "source" : "lane"} ${move.old} to ${move.new}`,
  );
  const owners = moves.map(({ owner }) => owner).join(", ");
  const what = `rows ${rowList(rest.rows)}${letters}, ${positions.join(", ")}, owner ${owners}`;
  const zombie = rest.connection === "open" ? "" : "zombie ";
  return `${zombie}transaction of ${processName(process)}, batch ${batch} (${what})`;
}

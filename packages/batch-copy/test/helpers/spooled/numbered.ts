import type { AnyRow } from "../source-scene.js";

/** Rows with ids from `from` to before `to`. */
export function numbered(from: number, to: number, note = "n"): AnyRow[] {
  return idsOf(from, to).map((id) => ({ id, note }));
}

export function idsOf(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

import type { Step } from "../step.js";

/** One call of a copier: the rows of the steps `from` to before `to`. */
export interface Call {
  readonly by: Step["by"];
  readonly from: number;
  readonly to: number;
  readonly pause: Step["pause"];
}

/** Joins rows of `sendMany` with nothing in between to one call. */
export function callsOf(steps: readonly Step[]): readonly Call[] {
  const calls: Call[] = [];
  for (const [index, { by, pause }] of steps.entries()) {
    const last = calls.at(-1);
    const continues = by === "sendMany" && last?.by === by && last.pause === "none";
    const from = continues ? calls.pop()!.from : index;
    calls.push({ by, from, to: index + 1, pause });
  }
  return calls;
}

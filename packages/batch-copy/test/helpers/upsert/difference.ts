import { isSameOutcome, type RowOutcome } from "./outcome.js";
import type { TwinContents } from "./twins.js";

/** What the reference and a contender said, and what they left behind. */
export interface Observation extends TwinContents {
  readonly expectedOutcomes: readonly RowOutcome[];
  readonly actualOutcomes: readonly RowOutcome[];
  readonly hasDeferred: boolean;
}

/** Every difference as a line; none if the contender is equal. */
export function differences(seen: Observation): readonly string[] {
  return [
    ...seen.expectedOutcomes.flatMap((expected, row) => {
      const actual = seen.actualOutcomes[row] ?? "no outcome";
      return isSameOutcome(expected, actual, seen.hasDeferred)
        ? []
        : [`row ${row}: ${expected}, but was ${actual}`];
    }),
    ...listDifferences("rows", seen.expected.rows, seen.actual.rows),
    ...listDifferences("history", seen.expected.history, seen.actual.history),
  ];
}

function listDifferences(
  what: string,
  expected: readonly string[],
  actual: readonly string[],
): readonly string[] {
  if (
    expected.length === actual.length &&
    expected.every((line, index) => line === actual[index])
  ) {
    return [];
  }
  return [`${what}: expected`, ...expected.map(indent), `${what}: actual`, ...actual.map(indent)];
}

function indent(line: string): string {
  return `  ${line}`;
}

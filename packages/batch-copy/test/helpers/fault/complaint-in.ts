import assert from "node:assert/strict";

/** The line of the failed test's output that complains of the problem. */
export function complaintIn(output: string, problem: RegExp): string {
  const pattern = new RegExp(`not ok[^]*?(\\S.*${problem.source}.*)`);
  const [, complaint] = pattern.exec(output) ?? [];
  assert.ok(complaint, output);
  return complaint;
}

import { existsSync, readFileSync } from "node:fs";

/** A line of the file of reasons. */
export interface ReasonLine {
  readonly line: number;
  readonly offset: number;
  readonly column: string | null;
  readonly sqlstate: string | null;
  readonly message: string;
}

/** The reasons beside a file of rejects; none if it is not there. */
export function rejectsIn(path: string): ReasonLine[] {
  const reasons = `${path}.reasons.ndjson`;
  if (!existsSync(reasons)) {
    return [];
  }
  const lines = readFileSync(reasons, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as ReasonLine);
}

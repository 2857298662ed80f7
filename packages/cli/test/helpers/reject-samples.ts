import { readFileSync } from "node:fs";

import type { Reject } from "../../dist/load/rejects.js";
import { reasonsPath } from "../../dist/rejects/reject-files.js";

export const headerOfRejects = Buffer.from("id,text\r\n");

/** A record of any length, sometimes with a line break, sometimes without its end. */
export function recordOf(offset: number): Buffer {
  const text = offset % 3 === 0 ? '"é\n"' : "x".repeat(offset % 50);
  return Buffer.from(`${offset},${text}${offset % 10 === 9 ? "" : "\n"}`);
}

export function rejectOf(file: string, offset: number): Reject {
  const column = offset % 2 === 0 ? "id" : undefined;
  const sqlState = offset % 2 === 0 ? "23505" : undefined;
  return {
    file,
    line: offset + 1,
    offset,
    end: offset + 1,
    column,
    sqlState,
    message: `no ${offset}\n`,
  };
}

interface KeptReject {
  readonly file: string;
  readonly line: number;
  readonly offset: number;
  readonly column: string | null;
  readonly sqlstate: string | null;
  readonly message: string;
  readonly at: number;
  readonly bytes: number;
}

/** The rejects in a file: the reasons, and the text that each of them has there. */
export function keptIn(path: string): { text: string; reasons: KeptReject[]; records: string[] } {
  const bytes = readFileSync(path);
  const lines = readFileSync(reasonsPath(path), "utf8").split("\n");
  const last = lines.pop();
  if (last !== "") {
    throw new Error(`the last reason is incomplete: ${last}`);
  }
  const reasons = lines.map((line) => JSON.parse(line) as KeptReject);
  const records = reasons.map(({ at, bytes: length }) => bytes.toString("utf8", at, at + length));
  return { text: bytes.toString(), reasons, records };
}

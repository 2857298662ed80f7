import type { Workload } from "./workload.js";

const CHUNK_LENGTH = 64 * 1024;

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": String.raw`\\`,
  "\t": String.raw`\t`,
  "\n": String.raw`\n`,
  "\r": String.raw`\r`,
};

/** Escapes a string for COPY's text format. */
export function escapeText(value: string): string {
  return value.replaceAll(/[\\\t\n\r]/g, (character) => ESCAPES[character]!);
}

/** Leaves a string as it is: correct only if nothing in it needs escaping. */
export function trustText(value: string): string {
  return value;
}

/** Rows in COPY's text format, in chunks large enough for a write. */
export function* textChunks(
  workload: Workload,
  [from, to]: readonly [number, number],
  text: (value: string) => string,
): Generator<string> {
  let chunk = "";
  for (let n = from; n < to; n++) {
    chunk += workload.line(workload.row(n), text);
    if (chunk.length >= CHUNK_LENGTH) {
      yield chunk;
      chunk = "";
    }
  }
  if (chunk !== "") yield chunk;
}

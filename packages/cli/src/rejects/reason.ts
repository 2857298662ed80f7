import type { GrowingFile } from "./growing-file.js";

/** A line of the file of reasons: why a record was rejected, and where it is kept. */
export interface Reason {
  /** Absolute, or `stdin`. */
  readonly file: string;
  readonly line: number;
  /** Where the record begins in that file. */
  readonly offset: number;
  readonly column: string | null;
  readonly sqlstate: string | null;
  readonly message: string;
  /** Where the record begins in the file of rejects. */
  readonly at: number;
  /** How long it is there. */
  readonly bytes: number;
}

/** A reason, and where its line ends. */
interface ReasonLine {
  readonly reason: Reason;
  readonly end: number;
}

const READ_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;

/**
 * Reads the reasons in a file. A last line that is not complete is left out: it was being written when the
 * process was killed.
 *
 * @throws RangeError for a line that is no reason. Its message is the number of the line.
 */
export function* readReasons(file: GrowingFile): Generator<ReasonLine> {
  let rest: Uint8Array = new Uint8Array(0);
  let end = 0;
  let line = 0;
  for (let at = 0; at < file.size; at += READ_BYTES) {
    const bytes = Buffer.concat([rest, file.read(at, READ_BYTES)]);
    let start = 0;
    for (let stop = bytes.indexOf(LINE_FEED); stop >= 0; stop = bytes.indexOf(LINE_FEED, start)) {
      line++;
      end += stop + 1 - start;
      yield { reason: parse(bytes.toString("utf8", start, stop), line), end };
      start = stop + 1;
    }
    rest = bytes.subarray(start);
  }
}

/** The line of a reason, with its end. It is written by hand because there may be millions. */
export function reasonLine(
  reason: Omit<Reason, "at" | "bytes">,
  at: number,
  bytes: number,
): string {
  const { column, file, line, message, offset, sqlstate } = reason;
  const texts = `"column":${json(column)},"sqlstate":${json(sqlstate)},"message":${json(message)}`;
  return `{"file":${json(file)},"line":${line},"offset":${offset},${texts},"at":${at},"bytes":${bytes}}\n`;
}

function json(text: string | null): string {
  return JSON.stringify(text);
}

function parse(text: string, line: number): Reason {
  let reason: Partial<Reason> | null;
  try {
    reason = JSON.parse(text) as Partial<Reason> | null;
  } catch {
    throw new RangeError(String(line));
  }
  const { file, offset, at, bytes } = reason ?? {};
  const isReason =
    typeof file === "string" && [offset, at, bytes].every((value) => Number.isSafeInteger(value));
  if (!isReason) {
    throw new RangeError(String(line));
  }
  return reason as Reason;
}

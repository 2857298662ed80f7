import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import * as zlib from "node:zlib";

import {
  CSV_HEADER,
  csvOf,
  ndjsonOf,
  numberedRow,
  PARQUET_COLUMNS,
  verdictOf,
  type Verdict,
} from "./numbered-row.js";
import { writeParquet } from "./write-parquet.js";

/** How a file is written. */
export interface FileKind {
  readonly format: "csv" | "ndjson" | "parquet";
  readonly compression?: "gzip" | "zstd";
  /** Whether some of its rows cannot be loaded. */
  readonly hasWrongRows: boolean;
}

/** A record of a file, as it is found again if it is rejected. */
export interface WrittenRecord {
  readonly seq: number;
  readonly verdict: Verdict;
  /** Its place: a byte, or a row of Parquet. */
  readonly offset: number;
  readonly line: number;
  readonly bytes: Buffer;
}

/** A file of numbered rows. */
export interface NumberedFile {
  readonly path: string;
  readonly header: Buffer;
  readonly records: readonly WrittenRecord[];
  /** Where it ends, in the same places. */
  readonly end: number;
}

/** Writes rows, beginning with the number `first`. */
export function writeNumberedFile(
  folder: string,
  kind: FileKind,
  { first, count }: { readonly first: number; readonly count: number },
): NumberedFile {
  const { format } = kind;
  const path = `${folder}/rows-${first}.${format}${ENDINGS[kind.compression ?? "none"]}`;
  const verdicts = Array.from({ length: count }, (_, index) => verdictIn(kind, first + index));
  const records = recordsOf(format, first, verdicts);
  const header = Buffer.from(format === "csv" ? CSV_HEADER : "");
  const last = records.at(-1)!;
  if (format === "parquet") {
    const rows = verdicts.map((verdict, index) => numberedRow(first + index, verdict));
    const groups = Array.from({ length: Math.ceil(count / GROUP_ROWS) }, (_, group) =>
      rows.slice(group * GROUP_ROWS, (group + 1) * GROUP_ROWS),
    );
    writeFileSync(path, writeParquet(PARQUET_COLUMNS, groups));
    return { path, header, records, end: last.offset + 1 };
  }
  const content = Buffer.concat([header, ...records.map(({ bytes }) => bytes)]);
  writeCompressed(path, content, kind);
  return { path, header, records, end: content.length };
}

const ENDINGS = { none: "", gzip: ".gz", zstd: ".zst" } as const;

const GROUP_ROWS = 4000;

/** Parquet has no malformed rows. */
function verdictIn({ format, hasWrongRows }: FileKind, seq: number): Verdict {
  const verdict = hasWrongRows ? verdictOf(seq) : "loaded";
  return verdict === "malformed" && format === "parquet" ? "loaded" : verdict;
}

function recordsOf(
  format: FileKind["format"],
  first: number,
  verdicts: readonly Verdict[],
): WrittenRecord[] {
  const isParquet = format === "parquet";
  const textOf = format === "csv" ? csvOf : ndjsonOf;
  let offset = format === "csv" ? CSV_HEADER.length : 0;
  let line = format === "csv" ? 2 : 1;
  return verdicts.map((verdict, index) => {
    const seq = first + index;
    const bytes = Buffer.from(textOf(numberedRow(seq, verdict), verdict));
    const record = { seq, verdict, offset, line, bytes };
    offset += isParquet ? 1 : bytes.length;
    line += bytes.toString("latin1").split("\n").length - 1;
    return record;
  });
}

function writeCompressed(path: string, content: Buffer, { compression }: FileKind): void {
  if (compression === "zstd") {
    execFileSync("zstd", ["--quiet", "-o", path], { input: content });
  } else {
    writeFileSync(path, compression === "gzip" ? zlib.gzipSync(content) : content);
  }
}

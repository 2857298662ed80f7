import { NdjsonReader, type NdjsonOptions } from "../../dist/read/ndjson/ndjson-reader.js";
import type { NdjsonColumn } from "../../dist/read/ndjson/object-reader.js";
import type { RecordPlace } from "../../dist/read/record-reader.js";
import { KeepingHandler } from "./read-records.js";

export interface NdjsonReading extends NdjsonOptions {
  readonly columns: readonly NdjsonColumn[];
  readonly start?: Pick<RecordPlace, "offset" | "line">;
  /** How many bytes each chunk has. @default all in one */
  readonly chunkBytes?: number;
}

/** Columns of the keys that take texts. */
export function textColumns(...keys: string[]): NdjsonColumn[] {
  return keys.map((key) => ({ key, isJson: false, isArray: false }));
}

/** Reads a file of NDJSON. Each chunk has memory of its own, so that reading across its ends shows. */
export function readNdjson(
  file: string | Uint8Array,
  { columns, start = { offset: 0, line: 1 }, chunkBytes, ...options }: NdjsonReading,
): KeepingHandler {
  const bytes = Buffer.from(file);
  const handler = new KeepingHandler();
  const reader = new NdjsonReader(columns, handler, start, options);
  const step = chunkBytes ?? Math.max(1, bytes.length);
  for (let at = 0; at < bytes.length; at += step) {
    reader.push(Uint8Array.from(bytes.subarray(at, at + step)));
  }
  reader.end();
  return handler;
}

import { COPY_CSV, type CsvDialect } from "../../dist/read/csv/csv-dialect.js";
import { CsvReader } from "../../dist/read/csv/csv-reader.js";
import type { RecordPlace } from "../../dist/read/record-reader.js";
import { KeepingHandler } from "./read-records.js";

export interface CsvReading extends Partial<CsvDialect> {
  readonly start?: Pick<RecordPlace, "offset" | "line">;
  /** Where the bytes are cut into chunks. @default nowhere */
  readonly cuts?: readonly number[];
}

/** Reads a file of CSV. Each chunk has memory of its own, so that reading across its ends shows. */
export function readCsv(
  file: string | Uint8Array,
  { start, cuts = [], ...dialect }: CsvReading = {},
): KeepingHandler {
  const bytes = Buffer.from(file);
  const handler = new KeepingHandler();
  const reader = new CsvReader({ ...COPY_CSV, ...dialect }, handler, start);
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    reader.push(Uint8Array.from(bytes.subarray(from, to)));
    from = to;
  }
  reader.end();
  return handler;
}

/** The cuts that make chunks of so many bytes. */
export function cutsOf(length: number, chunkBytes: number): number[] {
  return Array.from({ length: Math.floor(length / chunkBytes) }, (_, n) => (n + 1) * chunkBytes);
}

import { fieldText } from "../field-text.js";
import type { Fields } from "../fields.js";
import type { RecordPlace } from "../record-reader.js";
import type { CsvDialect } from "./csv-dialect.js";
import { CsvReader } from "./csv-reader.js";

/** The first record of a file. */
export interface Header {
  readonly fields: readonly string[];
  readonly offset: number;
  /** Where the next record begins. */
  readonly next: Pick<RecordPlace, "offset" | "line">;
}

/**
 * Reads the first record as strings, whatever its number of fields.
 *
 * @param sample the start of the file
 * @returns `undefined` if there is none, or if it is not well formed
 */
export function readHeader(sample: Uint8Array, dialect: CsvDialect): Header | undefined {
  let header: Header | undefined;
  const reader = new CsvReader(
    { ...dialect, fields: undefined },
    {
      record(fields, offset, end, line) {
        const lines = countLineEnds(sample.subarray(offset, end), dialect);
        header = { fields: texts(fields), offset, next: { offset: end, line: line + lines } };
        reader.stop();
      },
      bad: () => reader.stop(),
    },
  );
  reader.push(sample);
  reader.end();
  return header;
}

function texts(fields: Fields): string[] {
  return Array.from({ length: fields.count }, (_, field) => fieldText(fields, field) ?? "");
}

function countLineEnds(bytes: Uint8Array, { lineEnd }: CsvDialect): number {
  const terminator = lineEnd.charCodeAt(0);
  return bytes.reduce((lines, byte) => lines + Number(byte === terminator), 0);
}

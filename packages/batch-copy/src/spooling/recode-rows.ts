import type { NumberedRows } from "../batch/numbered-rows.js";
import type { UnfitRow } from "../batch/numbered-units.js";
import { encodeTuples } from "../batch/tuple-writer.js";
import type { InvalidRow } from "../batch/units.js";
import { ByteReader } from "../bytes/byte-reader.js";
import { EncodeError } from "../errors.js";
import type { StoredRows } from "../spool/frame-reader.js";
import type { RowFormat } from "../table/row-format.js";
import { codecOfForm } from "./stored-form.js";

/** Stored rows as they are written now. */
export type ConvertedRows = Pick<NumberedRows, "codec" | "rows" | "bytes" | "tuples" | "unfit">;

/** Values that say the same, for a column that has another type by now. */
const CONVERSIONS: readonly ((value: unknown) => unknown)[] = [
  (value) => value,
  (value) => (typeof value === "bigint" ? Number(value) : value),
  (value) => (typeof value === "number" || typeof value === "bigint" ? String(value) : value),
];

/**
 * Reads rows by the types that they were written with, and writes them by those of now.
 *
 * @param keep keeps a row that does not fit any more
 */
export function recodeRows(
  { form, firstRow, tuples }: StoredRows,
  format: RowFormat<object>,
  keep: (row: object, error: EncodeError, number: number) => InvalidRow,
): ConvertedRows {
  const former = codecOfForm(form);
  const input = new ByteReader(tuples);
  const encoded: Buffer[] = [];
  const unfit: UnfitRow[] = [];
  for (let number = firstRow; input.remaining > 0; number++) {
    const row = former.decode(input) as Record<string, unknown>;
    const result = encodeRow(row, format);
    if (result instanceof EncodeError) {
      unfit.push({ number, row: keep(row, result, number) });
    } else {
      encoded.push(result);
    }
  }
  const bytes = encoded.reduce((sum, { length }) => sum + length, 0);
  return { codec: format, rows: encoded.length, bytes, tuples: encoded, unfit };
}

/** The tuple of a row, or the error of its values as they were sent. */
function encodeRow(row: Record<string, unknown>, format: RowFormat<object>): Buffer | EncodeError {
  let first: EncodeError | undefined;
  for (const convert of CONVERSIONS) {
    try {
      return encodeTuples([convertedRow(row, convert)], format).tuples;
    } catch (error) {
      if (!(error instanceof EncodeError)) {
        throw error;
      }
      first ??= error;
    }
  }
  return first!;
}

function convertedRow(
  row: Record<string, unknown>,
  convert: (value: unknown) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, convert(value)]));
}

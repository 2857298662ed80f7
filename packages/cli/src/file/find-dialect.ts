import type { Input } from "../input/open-input.js";
import type { LoadOptions } from "../options/load-options.js";
import { COPY_CSV, type CsvDialect } from "../read/csv/csv-dialect.js";
import { detectDialect } from "../read/csv/detect-dialect.js";

/** How a CSV file is written: as the user says, else as its first bytes look. */
export function findDialect(
  { bytesTotal, path, start }: Input,
  { delimiter, nullText, quote }: Pick<LoadOptions, "delimiter" | "nullText" | "quote">,
): CsvDialect {
  const detected = detectDialect(start, {
    name: path,
    isWhole: bytesTotal === start.length,
    quote,
  });
  return {
    ...COPY_CSV,
    delimiter: delimiter ?? detected.delimiter ?? ",",
    quote,
    nullText,
    lineEnd: detected.lineEnd,
  };
}

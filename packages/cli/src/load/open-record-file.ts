import type { TableDescription } from "batch-copy";

import { fingerprint } from "../input/fingerprint.js";
import { openInput, type Input } from "../input/open-input.js";
import type { LoadOptions } from "../options/load-options.js";
import { csvFormat } from "./csv-format.js";
import { ndjsonFormat } from "./ndjson-format.js";
import type { RecordFile } from "./record-file.js";
import { TextFile } from "./text-file.js";

/**
 * Opens a file, and finds out how its records are read.
 *
 * @param opened a file that is open already
 * @throws InputError and UsageError
 */
export async function openRecordFile(
  path: string,
  table: TableDescription,
  options: LoadOptions,
  opened: Input | undefined,
): Promise<RecordFile> {
  const { compression, encoding, format } = options;
  const input =
    opened?.path === path ? opened : await openInput(path, { compression, encoding, format });
  const print = input.canReadAgain ? await fingerprint(path) : undefined;
  switch (input.format) {
    case "csv":
      return new TextFile(input, csvFormat(input, table, options), print);
    case "ndjson":
      return new TextFile(input, ndjsonFormat(input, table, options), print);
    case "parquet": {
      // Loading its modules takes as long as all others: most loads do not need them.
      const { openParquetRecords } = await import("./parquet-record-file.js");
      return openParquetRecords(input, print, table, options);
    }
  }
}

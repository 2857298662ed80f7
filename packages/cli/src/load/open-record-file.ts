import type { TableDescription } from "batch-copy";

import { fingerprint } from "../input/fingerprint.js";
import { openInput, type Input } from "../input/open-input.js";
import type { LoadOptions } from "../options/load-options.js";
import { openParquet } from "../read/parquet/parquet-file.js";
import { csvFormat } from "./csv-format.js";
import { ndjsonFormat } from "./ndjson-format.js";
import { parquetFields, ParquetRecordFile } from "./parquet-record-file.js";
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
      const parquet = await openParquet(path);
      return new ParquetRecordFile(input, parquet, parquetFields(parquet, table, options), print);
    }
  }
}

import { columnNameOf } from "../file/column-name.js";
import type { Input } from "../input/open-input.js";
import type { LoadOptions } from "../options/load-options.js";
import { openParquet } from "../read/parquet/parquet-file.js";
import type { ProposedColumn } from "./propose-table.js";

/** Columns for those of a Parquet file, which has their types. */
export async function parquetColumns(
  { path }: Input,
  options: LoadOptions,
): Promise<ProposedColumn[]> {
  const file = await openParquet(path);
  const chosen = options.columns === undefined ? undefined : new Set(options.columns);
  const columns = file.columns
    .filter(({ name }) => chosen?.has(name) ?? true)
    .map(({ name, sqlType }) => ({ name: columnNameOf(name, options), type: sqlType }))
    .filter(({ name }) => name !== "");
  await file.close();
  return columns;
}

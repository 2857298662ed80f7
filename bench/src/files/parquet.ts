import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import type { Table } from "batch-copy";

const run = promisify(execFile);

/** Writes and reads Parquet by DuckDB. */
export const PARQUET_PROGRAM = join(import.meta.dirname, "..", "..", "python", "parquet.py");

/** DuckDB's names of types, where they are not PostgreSQL's. */
const TYPES: Readonly<Record<string, string>> = { "double precision": "double", float8: "double" };

/** Makes a Parquet file of a CSV file without a header. */
export async function writeParquet(
  python = "python3",
  { columns }: Table,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const types = Object.entries(columns).map(([name, { sql }]) => `${name}=${TYPES[sql] ?? sql}`);
  await run(python, [PARQUET_PROGRAM, "write", from, to, ...types]);
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { FieldForm } from "../../dist/read/parquet/column-source.js";
import { openParquet } from "../../dist/read/parquet/parquet-file.js";
import { ParquetReader } from "../../dist/read/parquet/parquet-reader.js";
import { KeepingHandler } from "./read-records.js";

/** A column of a file, as make.py wrote it. */
export interface ExpectedColumn {
  readonly name: string;
  readonly sql: string;
  /** What PostgreSQL prints for the values. */
  readonly texts: readonly (string | null)[];
  /** The JSON of nested values. */
  readonly json?: readonly (string | null)[];
}

interface ExpectedFile {
  readonly columns: readonly ExpectedColumn[];
}

const folder = join(import.meta.dirname, "../../test/fixtures/parquet");

type ExpectedLine = { readonly file: string } & (ExpectedFile | { readonly same_as: string });

const expected = readFileSync(join(folder, "expected.ndjson"), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as ExpectedLine);

/** All files. */
export const parquetFixtures: readonly string[] = readdirSync(folder).filter((name) =>
  name.endsWith(".parquet"),
);

/** The path of a file. */
export function fixturePath(file: string): string {
  return join(folder, file);
}

/** The columns of a file and their values. */
export function expectedColumns(file: string): readonly ExpectedColumn[] {
  const found = expected.find((line) => line.file === file);
  if (found === undefined) {
    throw new Error(`make.py says nothing of ${file}`);
  }
  return "same_as" in found ? expectedColumns(found.same_as) : found.columns;
}

/** Reads columns of a file, each in one form. */
export async function readParquet(
  path: string,
  forms: Readonly<Record<string, FieldForm>>,
  startRow = 0,
): Promise<KeepingHandler> {
  const file = await openParquet(path);
  try {
    const handler = new KeepingHandler();
    const fields = Object.entries(forms).map(([name, form]) => ({ name, form }));
    const reader = new ParquetReader(file, fields, handler, startRow);
    while (await reader.read());
    return handler;
  } finally {
    await file.close();
  }
}

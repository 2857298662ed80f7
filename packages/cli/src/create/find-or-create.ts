import { describeTable, SchemaMismatchError, type TableDescription } from "batch-copy";
import type { Pool } from "pg";

import { openInput, type Input } from "../input/open-input.js";
import type { LoadOptions } from "../options/load-options.js";
import { createTable } from "./create-table.js";

/** The table to load into. */
export interface FoundOrCreated {
  /** Undefined in a dry run that would create it. */
  readonly table: TableDescription | undefined;
  /** Whether it was created now. */
  readonly isNew: boolean;
  /** The first file, if it was opened: a pipe can be opened only once. */
  readonly input: Input | undefined;
}

/**
 * Finds the table of `--into`; with `--create`, makes it from the first file if it does not exist.
 *
 * @param note tells what was decided
 * @throws SchemaMismatchError if it does not exist, and UsageError if it cannot be created
 */
export async function findOrCreate(
  pool: Pool,
  firstPath: string,
  options: LoadOptions,
  note: (text: string) => void,
): Promise<FoundOrCreated> {
  const { create, into } = options;
  const found = create ? await tableIfExists(pool, into) : await describeTable(pool, into);
  if (found !== undefined) {
    return { table: found, isNew: false, input: undefined };
  }
  const { compression, encoding, format } = options;
  const input = await openInput(firstPath, { compression, encoding, format });
  await createTable(pool, input, options, note);
  const table = options.dryRun ? undefined : await describeTable(pool, into);
  return { table, isNew: true, input };
}

async function tableIfExists(pool: Pool, name: string): Promise<TableDescription | undefined> {
  try {
    return await describeTable(pool, name);
  } catch (error) {
    if (error instanceof SchemaMismatchError) {
      return undefined;
    }
    throw error;
  }
}

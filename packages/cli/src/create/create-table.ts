import type { Pool } from "pg";

import { exitCodeOf, EXIT } from "../failure.js";
import type { Input } from "../input/open-input.js";
import type { LoadOptions } from "../options/load-options.js";
import { UsageError } from "../options/usage-error.js";
import { ColumnGuess } from "./column-guess.js";
import { csvColumns } from "./csv-columns.js";
import { ndjsonColumns } from "./ndjson-columns.js";
import { proposeTable, type ProposedColumn } from "./propose-table.js";
import { quoted, quotedTableName, readTableName } from "./table-name.js";

/** SQLSTATEs: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const INVALID_SCHEMA_NAME = "3F000";
const DUPLICATE_TABLE = "42P07";

/**
 * Creates the table of `--into` for a file: with its names, and types that take its first records. The
 * statement is shown before it is executed. In a dry run, it is only shown.
 *
 * @throws UsageError if the file names no columns, or if the server refuses the table
 */
export async function createTable(
  pool: Pool,
  input: Input,
  options: LoadOptions,
  note: (text: string) => void,
): Promise<void> {
  const { dryRun, into, key, onConflict } = options;
  if (onConflict !== undefined && key === undefined) {
    throw new UsageError(
      `${into} does not exist: to create it for --on-conflict, name its primary key with --key`,
    );
  }
  const table = readTableName(into);
  const columns = [...(await columnsOf(input, options, note)), ...constantColumns(options)];
  const sql = proposeTable(quotedTableName(table), columns, key);
  note(`${sql};`);
  if (dryRun) {
    return;
  }
  try {
    await pool.query(sql);
  } catch (error) {
    refuse(error as Error, into, table.schema);
  }
}

async function columnsOf(
  input: Input,
  options: LoadOptions,
  note: (text: string) => void,
): Promise<readonly ProposedColumn[]> {
  switch (input.format) {
    case "csv": {
      const { columns, decision } = await csvColumns(input, options);
      if (decision !== undefined) {
        note(`${input.name}: ${decision}`);
      }
      return columns;
    }
    case "ndjson":
      return ndjsonColumns(input, options);
    case "parquet":
      // Loading its modules takes as long as all others: most loads do not need them.
      return (await import("./parquet-columns.js")).parquetColumns(input, options);
  }
}

/** Columns that `--set` fills. */
function constantColumns({ set }: LoadOptions): ProposedColumn[] {
  return [...set].map(([name, text]) => {
    const guess = new ColumnGuess();
    guess.add(text);
    return { name, type: guess.type };
  });
}

function refuse(error: Error, into: string, schema: string | undefined): void {
  const { code } = error as { code?: unknown };
  if (code === DUPLICATE_TABLE) {
    // Somebody else was faster.
    return;
  }
  if (exitCodeOf(error) !== EXIT.usage) {
    throw error;
  }
  const advice =
    code === INVALID_SCHEMA_NAME && schema !== undefined
      ? `. Create it first: CREATE SCHEMA ${quoted(schema)}`
      : "";
  throw new UsageError(`Cannot create ${into}: ${error.message}${advice}`, { cause: error });
}

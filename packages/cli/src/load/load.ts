import type { Pool } from "pg";

import { findOrCreate } from "../create/find-or-create.js";
import { EXIT, messageOf } from "../failure.js";
import { findFiles } from "../input/find-files.js";
import type { LoadOptions } from "../options/load-options.js";
import { checkTarget } from "./check-target.js";
import type { LoadOutput, LoadSummary } from "./load-output.js";
import { LoadRun } from "./load-run.js";
import { prepareFiles, type PreparedFile } from "./prepare-files.js";
import { quotedName } from "./quoted-name.js";
import { Rejects, type RejectFiles } from "./rejects.js";
import { sessionTimeZone } from "./session-time-zone.js";
import { forgetLoads, ledgerEntries } from "./where-to-begin.js";
import { withPool } from "./with-pool.js";

/** What a load works with. */
export interface LoadParts {
  readonly output: LoadOutput;
  /** Undefined if rejected records are only counted. */
  readonly rejectFiles: RejectFiles | undefined;
  /** Calls back when the user wants to end; returns what stops that. */
  readonly onInterrupt: (stop: (reason: string) => void) => () => void;
}

/**
 * Loads files into a table.
 *
 * @returns the exit code
 * @throws what prevents it from beginning
 */
export async function load(options: LoadOptions, parts: LoadParts): Promise<number> {
  // Errors of records are values here: without their stacks, they take a fifth of the time.
  Error.stackTraceLimit = options.verbose ? Error.stackTraceLimit : 0;
  const { output } = parts;
  const note = (text: string): void => output.note(text);
  const paths = await findFiles(options.files);
  // For the catalog and the ledger; rows go over connections of their own.
  return withPool(options.databaseUrl, async (pool) => {
    const { input, isNew, table } = await findOrCreate(pool, paths[0]!, options, note);
    if (table === undefined) {
      output.note("Nothing more is checked: a dry run does not create the table");
      return EXIT.loaded;
    }
    const tableName = quotedName(table);
    const entries = isNew
      ? await forgetLoads(pool, tableName, options.ledger)
      : await ledgerEntries(pool, options.ledger);
    const opened = input;
    const files = await prepareFiles(paths, { table, tableName, entries, opened, options, output });
    try {
      await checkTarget(files, options);
      if (options.truncate && !options.dryRun) {
        await pool.query(`TRUNCATE ${tableName}`);
      }
      return await run(files, tableName, pool, options, parts);
    } finally {
      await Promise.all(files.map(({ file }) => file.close()));
    }
  });
}

async function run(
  files: readonly PreparedFile[],
  table: string,
  pool: Pool,
  options: LoadOptions,
  { output, rejectFiles, onInterrupt }: LoadParts,
): Promise<number> {
  const startedAt = performance.now();
  const rejects = new Rejects(rejectFiles, options.maxRejects);
  const timeZone = await sessionTimeZone(pool);
  const loading = new LoadRun(files, { pool, options, output, rejects, rejectFiles, timeZone });
  const ignoreInterrupts = onInterrupt((reason) => {
    output.note("Interrupted: what was read is still written. Interrupt once more to end at once.");
    loading.stop(reason);
  });
  try {
    await loading.run();
  } catch (error) {
    loading.fail(messageOf(error));
  } finally {
    ignoreInterrupts();
  }
  let hasEarlierRejects = false;
  try {
    hasEarlierRejects = rejects.count === 0 && rejectFiles?.hasRecords === true;
    rejectFiles?.close();
  } catch (error) {
    loading.fail(messageOf(error));
  }
  const seconds = (performance.now() - startedAt) / 1000;
  output.summary(
    summaryOf(loading, { table, files, options, rejects, hasEarlierRejects, seconds }),
  );
  if (loading.stopReason !== undefined) {
    return EXIT.stopped;
  }
  return rejects.count > 0 || hasEarlierRejects ? EXIT.withRejects : EXIT.loaded;
}

interface Ended {
  readonly table: string;
  readonly files: readonly PreparedFile[];
  readonly options: LoadOptions;
  readonly rejects: Rejects;
  readonly hasEarlierRejects: boolean;
  readonly seconds: number;
}

function summaryOf(
  { bytesRead, isResumable, loaded, stopReason }: LoadRun,
  { table, files, options, rejects, hasEarlierRejects, seconds }: Ended,
): LoadSummary {
  const mayGoOn = stopReason !== undefined && isResumable;
  const rejectsFile = options.dryRun ? undefined : options.rejects;
  return {
    table,
    isDryRun: options.dryRun,
    files: files.length,
    rows: loaded.rows,
    rowsUpdated: loaded.updated,
    rowsIgnored: loaded.ignored,
    rejects: rejects.count,
    shownRejects: rejectsFile === undefined ? rejects.shown : [],
    rejectsFile,
    hasEarlierRejects,
    bytes: bytesRead,
    seconds,
    stopReason,
    canResume: mayGoOn,
  };
}

import {
  Copier,
  RowRejectedError,
  SchemaMismatchError,
  type CopierStats,
  type Rejection,
  type Source,
} from "batch-copy";

import type { LoadOptions } from "../options/load-options.js";
import { copierOptions } from "./copier-options.js";
import type { FieldPlan } from "./field-plan.js";
import { FileLoad } from "./file-load.js";
import type { LoadOutput } from "./load-output.js";
import type { RecordFile } from "./record-file.js";
import type { Rejects } from "./rejects.js";
import { LedgerTarget, NoTarget, TableTarget, type RowTarget } from "./row-target.js";

/** What the load of a file needs of the load of all files. */
export interface LoadPlace {
  readonly options: LoadOptions;
  readonly output: LoadOutput;
  readonly rejects: Rejects;
  /** Records that may still be read. */
  readonly limit: number;
  /** Called before anything is read, with where the load begins. From then on it can be stopped. */
  readonly onBegun: (load: FileLoad, from: number) => void;
  readonly onProgress: (rows: number) => void;
  /** In which time zone the text of a `timestamptz` is that has none; undefined: it is rejected. */
  readonly timeZone: "UTC" | undefined;
}

/** Where the load of a file begins. */
export interface FileStart {
  /** The name of its source; undefined if it has none. */
  readonly source: string | undefined;
  readonly position: number;
}

/** What was loaded of a file. */
export interface FileResult {
  readonly stats: CopierStats;
  readonly records: number;
  /** Why it ended before the end of the file. */
  readonly stopReason: string | undefined;
  /** Whether another load can go on. */
  readonly isResumable: boolean;
}

/**
 * Loads a file.
 *
 * @throws what prevents it from being loaded; what was committed by then is kept in the ledger.
 */
export async function loadFile(
  file: RecordFile,
  plan: FieldPlan,
  start: FileStart,
  place: LoadPlace,
): Promise<FileResult> {
  const { limit, onBegun, onProgress, options, output, rejects, timeZone } = place;
  let load: FileLoad | undefined;
  const onReject = async (rejection: Rejection): Promise<void> => {
    if (!(rejection.error instanceof RowRejectedError)) {
      // Not the row's fault: the load ends, and the row is loaded by the next one.
      throw rejection.error;
    }
    await load!.onRejected(rejection);
  };
  const copier = await Copier.connect<object>(options.into, copierOptions(plan, options, onReject));
  try {
    const { target, isResumable, from } = await targetOf(copier, start, place);
    load = new FileLoad({
      file,
      encoder: copier.encoder({ timeZone }),
      plan,
      target,
      rejects,
      // Those before the position were skipped already.
      wanted: { skip: from > 0 ? 0 : options.skip, limit },
      from,
      onProgress: () => onProgress(copier.stats.rowsCommitted),
    });
    onBegun(load, from);
    if (file.decision !== undefined && !options.create) {
      output.note(`${file.name}: ${file.decision}`);
    }
    output.detail(`${file.name}: ${file.description}; written by ${copier.write}`);
    await load.run();
    const { records, stopReason } = load;
    const stats = options.dryRun
      ? { ...copier.stats, rowsCommitted: load.encodedRows }
      : copier.stats;
    await copier.close();
    return { stats, records, stopReason, isResumable };
  } catch (error) {
    // Nothing can be written any more; why is known.
    await copier.close({ timeoutMs: CLOSE_MS }).catch(() => {});
    throw error;
  }
}

const CLOSE_MS = 1000;

interface OpenedTarget {
  readonly target: RowTarget;
  readonly isResumable: boolean;
  readonly from: number;
}

async function targetOf(
  copier: Copier<object>,
  { source: name, position }: FileStart,
  { options, output }: LoadPlace,
): Promise<OpenedTarget> {
  if (options.dryRun) {
    return { target: new NoTarget(), isResumable: false, from: position };
  }
  const source = name === undefined ? undefined : await openSource(copier, name, options, output);
  if (source === undefined) {
    return { target: new TableTarget(copier, position), isResumable: false, from: position };
  }
  const from = Number(source.position);
  return { target: new LedgerTarget(source), isResumable: true, from };
}

/** Where no ledger may be made, the file is loaded all the same. */
async function openSource(
  copier: Copier<object>,
  name: string,
  { ledger }: LoadOptions,
  output: LoadOutput,
): Promise<Source<object> | undefined> {
  try {
    // The next call rejects with the same error.
    const onLost = (): void => {};
    return await copier.source(name, { start: 0, onLost });
  } catch (error) {
    if (error instanceof SchemaMismatchError && ledger === undefined) {
      output.warn(`This load cannot be resumed: ${error.message}`);
      return undefined;
    }
    throw error;
  }
}

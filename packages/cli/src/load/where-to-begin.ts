import {
  forgetSource,
  readLedger,
  SchemaMismatchError,
  type LedgerEntry,
  type Queryable,
} from "batch-copy";

import { matches } from "../input/fingerprint.js";
import type { LoadOptions } from "../options/load-options.js";
import type { RecordFile } from "./record-file.js";
import { knownLoads, loadOf, sourceName, type KnownLoad } from "./source-name.js";

/** How a file is loaded. */
export type Beginning =
  /** From its start. */
  | { readonly kind: "new"; readonly source: string | undefined }
  /** From its start, although it was loaded before: what the ledger knows is forgotten first. */
  | { readonly kind: "again"; readonly source: string; readonly position: number }
  /** From where the last load stopped. */
  | { readonly kind: "resume"; readonly source: string; readonly position: number }
  /** Not: all of it is loaded. */
  | { readonly kind: "done"; readonly source: string; readonly position: number }
  /** Only if the user says so: it was loaded before, or in part. */
  | { readonly kind: "ask"; readonly source: string; readonly position: number }
  /** Not: its first bytes are others than those of the file that was loaded. */
  | { readonly kind: "changed"; readonly position: number }
  /** Not: it has less than what was loaded of it. */
  | { readonly kind: "shrunk"; readonly position: number };

/** What the ledger knows; nothing if there is none. */
export async function ledgerEntries(
  connection: Queryable,
  table: string | undefined,
): Promise<LedgerEntry[]> {
  try {
    return await readLedger(connection, { table });
  } catch (error) {
    if (error instanceof SchemaMismatchError) {
      return [];
    }
    throw error;
  }
}

/** Removes what the ledger knows of an earlier table of this name. Returns the rest. */
export async function forgetLoads(
  connection: Queryable,
  tableName: string,
  table: string | undefined,
): Promise<LedgerEntry[]> {
  const entries = await ledgerEntries(connection, table);
  const isOfTable = ({ source }: LedgerEntry): boolean => loadOf(source)?.table === tableName;
  for (const { source } of entries.filter(isOfTable)) {
    await forgetSource(connection, source, { table });
  }
  return entries.filter((entry) => !isOfTable(entry));
}

/** Where the load of a file begins. */
export async function whereToBegin(
  file: RecordFile,
  table: string,
  entries: readonly LedgerEntry[],
  options: Pick<LoadOptions, "again" | "resume">,
): Promise<Beginning> {
  const { path, fingerprint } = file;
  if (path === undefined || fingerprint === undefined) {
    return { kind: "new", source: undefined };
  }
  const known = knownLoads(entries, table, path);
  const same = await latestOf(known, path);
  if (same === undefined) {
    const [other] = known;
    return options.resume && other !== undefined
      ? { kind: "changed", position: other.position }
      : { kind: "new", source: sourceName(table, path, fingerprint) };
  }
  const { source, position } = same;
  if (options.again) {
    return { kind: "again", source, position };
  }
  if (!options.resume) {
    return { kind: "ask", source, position };
  }
  if (file.end === undefined || position < file.end) {
    return { kind: "resume", source, position };
  }
  return position === file.end ? { kind: "done", source, position } : { kind: "shrunk", position };
}

/** The file may have been loaded when it was shorter, and again when it was longer. */
async function latestOf(known: readonly KnownLoad[], path: string): Promise<KnownLoad | undefined> {
  let latest: KnownLoad | undefined;
  for (const load of known) {
    const isLater = latest === undefined || load.position > latest.position;
    if (isLater && (await matches(path, load.fingerprint))) {
      latest = load;
    }
  }
  return latest;
}

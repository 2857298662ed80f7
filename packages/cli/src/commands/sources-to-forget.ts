import { resolve } from "node:path";

import type { LedgerEntry } from "batch-copy";

import { loadOf } from "../load/source-name.js";
import { UsageError } from "../options/usage-error.js";

/**
 * The entries of the ledger that names stand for: the name of a source, or the path of a file that was
 * loaded, which may have several entries, because it has changed since.
 *
 * @param force whether sources may be forgotten that somebody writes to
 * @throws UsageError if there is none, if a file was loaded into several tables, or if it is connected
 */
export function sourcesToForget(
  names: readonly string[],
  entries: readonly LedgerEntry[],
  force: boolean,
): LedgerEntry[] {
  const found = new Set(names.flatMap((name) => entriesFor(name, entries)));
  const connected = [...found].find(({ isConnected }) => isConnected === true);
  if (connected !== undefined && !force) {
    throw new UsageError(
      `the source ${shown(connected.source)} is in use: a process that writes to it is connected. End that process first, or use --force: what it has not committed is then rejected`,
    );
  }
  return [...found];
}

function entriesFor(name: string, entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  const named = entries.filter(({ source }) => source === name);
  if (named.length > 0) {
    return named;
  }
  const path = resolve(name);
  const ofFile = entries.filter(({ source }) => loadOf(source)?.path === path);
  const tables = new Set(ofFile.map(({ source }) => loadOf(source)!.table));
  if (tables.size > 1) {
    throw new UsageError(
      `${path} was loaded into several tables. Name the source: ${ofFile.map(({ source }) => shown(source)).join(" or ")}`,
    );
  }
  if (ofFile.length === 0) {
    throw new UsageError(`there is no source ${shown(name)} in the ledger, and no file ${path}`);
  }
  return ofFile;
}

function shown(source: string): string {
  return `'${source}'`;
}

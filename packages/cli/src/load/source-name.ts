import type { LedgerEntry } from "batch-copy";

/** What tells a file from another one under the same path. */
export interface FileFingerprint {
  /** SHA-256 of its first bytes, in hexadecimal. */
  readonly sha256: string;
  /** How many bytes that were. */
  readonly bytes: number;
}

/** A load of a file that the ledger knows. */
export interface KnownLoad {
  /** The name of the source. */
  readonly source: string;
  readonly fingerprint: FileFingerprint;
  /** The first byte, or row of a Parquet file, that is not loaded. */
  readonly position: number;
}

/** The source of a file that is loaded into a table: `load "app"."prices" /data/prices.csv #65536:9f86…`. */
export function sourceName(
  table: string,
  path: string,
  { sha256, bytes }: FileFingerprint,
): string {
  return `${prefixOf(table, path)}${bytes}:${sha256}`;
}

/** What the ledger knows of loads of this path into this table. */
export function knownLoads(
  entries: readonly LedgerEntry[],
  table: string,
  path: string,
): KnownLoad[] {
  const prefix = prefixOf(table, path);
  return entries.flatMap(({ source, position }) => {
    const match = source.startsWith(prefix) ? FINGERPRINT.exec(source.slice(prefix.length)) : null;
    return match === null
      ? []
      : [
          {
            source,
            fingerprint: { bytes: Number(match[1]), sha256: match[2]! },
            position: Number(position),
          },
        ];
  });
}

/** Which file a source is about, and which table it is loaded into. */
export interface LoadedFile {
  /** Its qualified name, quoted. */
  readonly table: string;
  readonly path: string;
}

/** What the name of a source says; undefined if it is not one of a load. */
export function loadOf(source: string): LoadedFile | undefined {
  const match = LOAD.exec(source);
  return match === null ? undefined : { table: match[1]!, path: match[2]! };
}

const LOAD = /^load ((?:"(?:[^"]|"")*"\.)"(?:[^"]|"")*") (.*) #\d+:[\da-f]{64}$/s;

const FINGERPRINT = /^(\d+):([\da-f]{64})$/;

function prefixOf(table: string, path: string): string {
  return `load ${table} ${path} #`;
}

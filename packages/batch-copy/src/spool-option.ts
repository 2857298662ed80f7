import { resolve } from "node:path";

import { checkIsRecord, invalid, shown } from "./invalid-option.js";
import { MAX_TIMER_MS } from "./max-timer-ms.js";
import { nearest } from "./nearest.js";

/** The option `spool`. */
export interface SpoolOptions {
  /**
   * A directory on a disk that keeps what is synced. It is created if it does not exist, and several
   * processes may share it.
   */
  directory: string;
  /**
   * How many bytes of files this process may have there, with those of former lives that it writes. When it
   * has as many, senders wait. Of the tables of a group, one may hold as many bytes as are left free.
   * @default 10737418240 (10 GiB)
   */
  maxBytes?: number | undefined;
  /**
   * Milliseconds for which committed rows are kept there: for failovers to a server that has not got
   * them, which are then written again.
   * @default 0
   */
  retainMs?: number | undefined;
}

/** The option with its defaults filled in. */
export interface SpoolSettings {
  /** An absolute path. */
  readonly directory: string;
  readonly maxBytes: number;
  readonly retainMs: number;
}

const NAMES: readonly string[] = ["directory", "maxBytes", "retainMs"];

const MAX_BYTES = 10 * 2 ** 30;

/** Files are a quarter of it at most, so that some can be removed while another one is written. */
const LEAST_BYTES = 2 ** 20;

/** What other libraries call these options, and which of ours that is. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    path: "directory",
    dir: "directory",
    folder: "directory",
    root: "directory",
    maxsize: "maxBytes",
    size: "maxBytes",
    limit: "maxBytes",
    totallimitsize: "maxBytes",
    retention: "retainMs",
    retentionms: "retainMs",
    ttl: "retainMs",
  }),
);

/**
 * Checks the option `spool` and fills in its defaults.
 *
 * @returns undefined for no spool
 * @throws BatchCopyError with code `INVALID_OPTION`, which names the part that is wrong.
 */
export function resolveSpool(spool: unknown): SpoolSettings | undefined {
  if (spool === undefined) {
    return undefined;
  }
  const { directory, maxBytes = MAX_BYTES, retainMs = 0 } = checkShape(spool);
  if (typeof directory !== "string" || directory === "" || directory.includes("\0")) {
    throw invalid(`spool.directory must be the path of a directory, got ${shown(directory)}`);
  }
  if (!Number.isSafeInteger(maxBytes) || maxBytes < LEAST_BYTES) {
    throw invalid(
      `spool.maxBytes must be an integer of at least ${LEAST_BYTES}, got ${shown(maxBytes)}`,
    );
  }
  if (!Number.isInteger(retainMs) || retainMs < 0 || retainMs > MAX_TIMER_MS) {
    throw invalid(
      `spool.retainMs must be an integer from 0 to ${MAX_TIMER_MS}, got ${shown(retainMs)}`,
    );
  }
  return { directory: resolve(directory), maxBytes, retainMs };
}

function checkShape(spool: unknown): Partial<SpoolOptions> {
  if (typeof spool !== "object") {
    throw invalid(`spool must be { directory, maxBytes, retainMs }, got ${shown(spool)}`);
  }
  checkIsRecord("spool", spool, NAMES);
  const unknown = Object.keys(spool!).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    const meant = ALIASES.get(unknown.toLowerCase().replaceAll("_", "")) ?? nearest(unknown, NAMES);
    const hint = meant === undefined ? "" : ` Did you mean "spool.${meant}"?`;
    throw invalid(`Unknown option ${JSON.stringify(`spool.${unknown}`)}.${hint}`);
  }
  return spool as Partial<SpoolOptions>;
}

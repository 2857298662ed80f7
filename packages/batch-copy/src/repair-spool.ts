import { constants } from "node:fs";

import { checkCallOptions } from "./call-options.js";
import { invalid, shown } from "./invalid-option.js";
import { mendStream } from "./spool/mend-spool.js";
import { nodeDisk } from "./spool/node-disk.js";
import { findPlace } from "./spool/open-place.js";
import { survey } from "./spool/survey.js";

/** Options of {@link repairSpool}. */
export interface RepairOptions {
  /**
   * The uuid of the stream to repair.
   * @default all streams
   */
  readonly stream?: string | undefined;
  /**
   * Whether streams may be adopted whose owners may live: in a network file system, on Windows, or if their
   * processes could make no socket. Say so only if you know that these processes have ended. If one lives
   * after all, the ledger keeps its rows from being written twice, and it accepts no more.
   * @default false
   */
  readonly adopt?: boolean | undefined;
}

/** A stream that was repaired, and that will be delivered. */
export interface RepairedStream {
  /** Its uuid. */
  readonly id: string;
  /** The paths to which damaged files were moved. Remove them when you need them no more. */
  readonly moved: readonly string[];
  /** How many rows are lost, by the numbers of those around them: not counting the last ones of a table. */
  readonly rowsLost: number;
}

/** A stream that was left as it is. */
export interface SkippedStream {
  /** Its uuid. */
  readonly id: string;
  /** Why: its process lives, or may live. */
  readonly reason: string;
}

/** What {@link repairSpool} has done. Streams that needed nothing are not mentioned. */
export interface RepairResult {
  readonly repaired: readonly RepairedStream[];
  readonly skipped: readonly SkippedStream[];
}

/**
 * Repairs the spool in a directory, so that what waits there is delivered: by processes that use it, within 10
 * seconds, or by the next one that starts.
 *
 * - A damaged file of a dead stream is moved aside, to `damaged-<stream>-<number>` in the directory. A copy
 *   with all rows that can be read takes its place.
 * - A stream that a process has left because of an error, such as one of the ledger, may be adopted again.
 * - With `adopt`, so may a stream of which nobody can tell whether its process lives.
 *
 * A stream whose process lives is never touched.
 *
 * @throws SpoolError if the directory cannot be used, or a stream cannot be repaired
 * @example
 * const { repaired, skipped } = await repairSpool("/var/lib/app/spool");
 * for (const { id, moved, rowsLost } of repaired) console.log(id, moved, rowsLost);
 * for (const { id, reason } of skipped) console.log(id, reason);
 */
export async function repairSpool(
  directory: string,
  options: RepairOptions = {},
): Promise<RepairResult> {
  if (typeof directory !== "string" || directory === "") {
    throw invalid(`repairSpool() takes the path of a directory, got ${shown(directory)}`);
  }
  checkCallOptions("repairSpool()", options, ["stream", "adopt"]);
  const { stream: wanted, adopt = false } = options;
  if (typeof adopt !== "boolean") {
    throw invalid(`adopt must be true or false, got ${shown(adopt)}`);
  }
  const { R_OK, W_OK, X_OK } = constants;
  const place = await findPlace(directory, nodeDisk, R_OK | W_OK | X_OK);
  const found = (await survey(place)).filter(({ id }) => wanted === undefined || id === wanted);
  if (wanted !== undefined && found.length === 0) {
    throw invalid(`there is no stream ${shown(wanted)} in ${place.directory}`);
  }
  const repaired: RepairedStream[] = [];
  const skipped: SkippedStream[] = [];
  for (const stream of found) {
    const { id } = stream;
    const mending = await mendStream(place, stream, adopt, warn);
    if (mending.did === "mend") {
      repaired.push({ id, ...mending.mended });
    } else if (mending.did === "skip") {
      skipped.push({ id, reason: mending.reason });
    }
  }
  return { repaired, skipped };
}

function warn(message: string): void {
  process.emitWarning(message, "BatchCopyWarning");
}

import { constants } from "node:fs";

import type { SpoolCorruptError } from "./errors.js";
import { invalid, shown } from "./invalid-option.js";
import { lookAtSpool, type SeenStream } from "./spool/look-at-spool.js";
import { nodeDisk } from "./spool/node-disk.js";
import { findPlace } from "./spool/open-place.js";

/** The rows of a table that a stream of the spool has on disk. */
export interface SpooledTable {
  /** The qualified name of the table, quoted. */
  readonly name: string;
  /** How many rows are on disk. Some may be committed: files are removed when all rows in them are. */
  readonly rows: number;
  /** The number of the first one. The rows of a table are numbered from 0 in each stream. */
  readonly firstRow: number;
  /** The number of the last one. */
  readonly lastRow: number;
  /** When the file was begun that has the first one. */
  readonly since: Date;
}

/** What one life of a process has left in the spool, or is writing. */
export interface SpoolStream {
  /** A uuid. The sources of the ledger are `spool/<id>/<number of the table>`. */
  readonly id: string;
  /** The uuid of the life that has the stream now. */
  readonly owner: string;
  /** The path of its directory. It changes when another process adopts the stream. */
  readonly directory: string;
  /** Whether the process that owns it answers. */
  readonly isAlive: boolean;
  /** Why no process adopts it though its owner does not answer; undefined if one will, or if it lives. */
  readonly obstacle: string | undefined;
  readonly createdAt: Date;
  readonly bytes: number;
  /** The number of its files. */
  readonly segments: number;
  /** Empty if it is damaged. */
  readonly tables: readonly SpooledTable[];
  /** The damage that was found first, with file and offset; `repairSpool()` moves it aside. */
  readonly damage: SpoolCorruptError | undefined;
}

/**
 * Reads what is in the directory of a spool: streams, tables, rows, from when, and whether their owners live.
 * It reads all files, changes nothing, and works while processes write to the spool.
 *
 * @returns the streams, the oldest first
 * @throws SpoolError if the directory cannot be read
 * @example
 * for (const { isAlive, damage, tables } of await readSpool("/var/lib/app/spool")) {
 *   for (const { name, rows, since } of tables) console.log(isAlive, name, rows, since);
 *   if (damage) console.error(damage.message);
 * }
 */
export async function readSpool(directory: string): Promise<readonly SpoolStream[]> {
  if (typeof directory !== "string" || directory === "") {
    throw invalid(`readSpool() takes the path of a directory, got ${shown(directory)}`);
  }
  const place = await findPlace(directory, nodeDisk, constants.R_OK | constants.X_OK);
  return (await lookAtSpool(place)).map(streamOf);
}

function streamOf({ id, owner, directory, life, createdAt, content }: SeenStream): SpoolStream {
  return {
    id,
    owner,
    directory,
    isAlive: life.state === "alive",
    obstacle: life.reason,
    createdAt,
    bytes: content.bytes,
    segments: content.segments,
    tables: content.tables.map(({ endRow, ...table }) => ({ ...table, lastRow: endRow - 1 })),
    damage: content.damage,
  };
}

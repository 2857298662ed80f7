import { fdatasync, writev } from "node:fs";
import { open as openFile, readFile } from "node:fs/promises";
import { join } from "node:path";

import { groupsOf, tuplesOf } from "./copy-tuples.js";
import type { Open } from "./job.js";
import { secondsSince } from "./seconds-since.js";

/**
 * Appends the tuples of a ready file to another one, `groupRows` at a time or as many as fit into a
 * mebibyte, and syncs it after each group. No database, no encoder.
 */
export const open: Open = async ({ files, options, folder = "" }) => {
  const [ready] = files;
  const groups = groupsOf(tuplesOf(await readFile(ready!)), options["groupRows"]);
  const file = await openFile(join(folder, "appended"), "wx");
  return {
    async write() {
      const tookMs = new Float64Array(groups.length);
      const startedAt = performance.now();
      let position = 0;
      for (const [index, group] of groups.entries()) {
        const calledAt = performance.now();
        await append(file.fd, group, position);
        tookMs[index] = performance.now() - calledAt;
        position += group.length;
      }
      return { acceptedSeconds: secondsSince(startedAt), tookMs };
    },
    async close() {
      await file.close();
      return { syncs: groups.length };
    },
  };
};

/** By callbacks, as the spool does it: a FileHandle takes longer. */
function append(fd: number, bytes: Buffer, position: number): Promise<void> {
  return new Promise((resolve, reject) => {
    writev(fd, [bytes], position, (error, written) => {
      if (error !== null) reject(error);
      else if (written < bytes.length) reject(new Error("the disk is full"));
      else fdatasync(fd, (failure) => (failure === null ? resolve() : reject(failure)));
    });
  });
}

import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { FileFolder } from "../files/file-folder.js";
import { dirtySpotPricesFile, spotPricesFile } from "../files/spot-prices.js";
import { batchCopy, batchCopyRejecting } from "../loaders/batch-copy.js";
import type { LoadFigure } from "../report/results.js";
import type { Bench } from "../run/bench.js";
import { measureLoadings, type LoadRounds } from "./load-rounds.js";

const CONNECTIONS = 2;

/** The rate with one wrong line in ten, beside that of as many lines without one. */
export async function measureDirty(
  bench: Bench,
  records: number,
  rounds: LoadRounds,
): Promise<LoadFigure[]> {
  const clean = await FileFolder.create(spotPricesFile, undefined);
  const dirty = await FileFolder.create(dirtySpotPricesFile, undefined);
  const rejects = join(dirty.path, "rejects.csv");
  try {
    return await measureLoadings(
      bench,
      [
        { load: spotPricesFile, loader: batchCopy(CONNECTIONS), records, folder: clean },
        {
          load: dirtySpotPricesFile,
          loader: batchCopyRejecting(CONNECTIONS, rejects),
          records,
          folder: dirty,
          verify: () => verifyRejects(rejects, dirtySpotPricesFile.rejected!(records)),
        },
      ],
      rounds,
    );
  } finally {
    await clean.remove();
    await dirty.remove();
  }
}

/** Counts the lines, and removes the files. */
async function verifyRejects(rejects: string, expected: number): Promise<void> {
  const reasons = `${rejects}.reasons.ndjson`;
  for (const file of [rejects, reasons]) {
    const lines = (await readFile(file, "utf8")).split("\n").length - 1;
    if (lines !== expected) throw new Error(`${file} has ${lines} lines instead of ${expected}`);
    await rm(file);
  }
}

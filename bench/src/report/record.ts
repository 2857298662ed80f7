import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Recorded, Results } from "./results.js";

/** Writes the figures of a part into its file. */
export async function record(
  folder: string,
  part: keyof Results,
  recorded: Recorded<keyof Results>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(fileOf(folder, part), `${JSON.stringify(recorded, undefined, 1)}\n`);
}

/** Reads the recorded figures of a part; undefined if there are none. */
export async function recall<P extends keyof Results>(
  folder: string,
  part: P,
): Promise<Recorded<P> | undefined> {
  try {
    return JSON.parse(await readFile(fileOf(folder, part), "utf8")) as Recorded<P>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function fileOf(folder: string, part: keyof Results): string {
  return join(folder, `${part}.json`);
}

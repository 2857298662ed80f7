import { LOAD_MEMORY, sharedFiles } from "../files/registry.js";
import { dirtySpotPricesFile, spotPricesFile } from "../files/spot-prices.js";
import { loadersOf } from "../loaders/registry.js";
import type { FileFigures, LoadFigures } from "../report/results.js";
import type { Bench } from "../run/bench.js";
import { Progress } from "../run/progress.js";
import { measureDirty } from "./load-dirty.js";
import { measureFile } from "./load-file.js";
import { measureLoadMemory, memoryRecords } from "./load-memory.js";

/** What is to be measured. */
export interface LoadPlan {
  /** Some of the files, by name. */
  readonly loads: readonly string[];
  readonly rounds: number;
  readonly scale: (usual: number) => number;
}

/** Loaders of files, each as a whole process. */
export async function measureLoad(
  bench: Bench,
  { loads, rounds, scale }: LoadPlan,
): Promise<LoadFigures> {
  const shared = sharedFiles.filter(({ name }) => loads.includes(name));
  const hasDirty = loads.includes(dirtySpotPricesFile.name);
  const hasMemory = loads.includes(LOAD_MEMORY);
  const turns = shared.map(({ format }) => loadersOf(format).length * rounds);
  if (hasDirty) turns.push(2 * rounds);
  if (hasMemory) turns.push(memoryRecords(scale).length);
  const progress = new Progress(turns.reduce((sum, each) => sum + each, 0));
  const files: FileFigures[] = [];
  for (const load of shared) {
    const records = scale(load.workload.rows);
    files.push(await measureFile(bench, { load, records }, { rounds, progress }));
  }
  const { rows } = spotPricesFile.workload;
  const dirty = hasDirty ? await measureDirty(bench, scale(rows), { rounds, progress }) : [];
  const memory = hasMemory ? await measureLoadMemory(bench, scale, progress) : [];
  progress.end();
  return { files, dirty, memory };
}

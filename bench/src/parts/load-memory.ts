import { LOAD_MEMORY } from "../files/registry.js";
import { spotPricesFile } from "../files/spot-prices.js";
import { batchCopy } from "../loaders/batch-copy.js";
import type { FileFigures } from "../report/results.js";
import type { Bench } from "../run/bench.js";
import { measureFile } from "./load-file.js";
import type { LoadRounds } from "./load-rounds.js";

const CONNECTIONS = 2;
/** Lines of some 20 MB, 200 MB and 2 GB. */
const RECORDS = [324_000, 3_240_000, 32_400_000];

/** Files of growing sizes, each once. */
export async function measureLoadMemory(
  bench: Bench,
  scale: (usual: number) => number,
  progress: LoadRounds["progress"],
): Promise<FileFigures[]> {
  const figures: FileFigures[] = [];
  for (const records of memoryRecords(scale)) {
    const file = {
      load: { ...spotPricesFile, name: LOAD_MEMORY },
      loaders: [batchCopy(CONNECTIONS)],
      records,
    };
    figures.push(await measureFile(bench, file, { rounds: 1, progress }));
  }
  return figures;
}

/** Whole cycles, because their totals are known without loading them all. */
export function memoryRecords(scale: (usual: number) => number): readonly number[] {
  const { cycle = 1 } = spotPricesFile;
  return [...new Set(RECORDS.map((records) => Math.ceil(scale(records) / cycle) * cycle))];
}

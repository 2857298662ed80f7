import { stat } from "node:fs/promises";

import { FileFolder } from "../files/file-folder.js";
import type { FileLoad } from "../files/file-load.js";
import type { Loader } from "../loaders/loader.js";
import { loadersOf } from "../loaders/registry.js";
import type { FileFigures } from "../report/results.js";
import type { Bench } from "../run/bench.js";
import { measureLoadings, type LoadRounds } from "./load-rounds.js";

/** What is loaded, and by which loaders. */
export interface LoadedFile {
  readonly load: FileLoad;
  readonly records: number;
  /** @default all that load the format */
  readonly loaders?: readonly Loader[];
}

/** Loaders load the same file into the same table. */
export async function measureFile(
  bench: Bench,
  { load, records, loaders = loadersOf(load.format) }: LoadedFile,
  rounds: LoadRounds,
): Promise<FileFigures> {
  const folder = await FileFolder.create(load, bench.tools.load.duckdb?.command);
  try {
    const loadings = loaders.map((loader) => ({ load, loader, records, folder }));
    const figures = await measureLoadings(bench, loadings, rounds);
    const isMeasured = figures.some(({ failure }) => failure === undefined);
    const { name, description } = load;
    const bytes = isMeasured ? await sizeOf(folder, records) : 0;
    return { workload: name, description, records, bytes, figures };
  } finally {
    await folder.remove();
  }
}

async function sizeOf(folder: FileFolder, records: number): Promise<number> {
  const [file] = await folder.files(records, 1);
  return (await stat(file!)).size;
}

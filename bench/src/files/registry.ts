import { eventsFile } from "./events.js";
import type { FileLoad } from "./file-load.js";
import { mixedCsvFile, mixedParquetFile } from "./mixed-columns.js";
import { dirtySpotPricesFile, spotPricesFile } from "./spot-prices.js";

/** Those that all loaders of the format load. */
export const sharedFiles: readonly FileLoad[] = [
  spotPricesFile,
  mixedCsvFile,
  eventsFile,
  mixedParquetFile,
];

/** The file of growing sizes; only the memory of our loader is of interest. */
export const LOAD_MEMORY = "load-memory";

/** What `--only` selects from the part load. */
export const loadNames: readonly string[] = [
  ...sharedFiles.map(({ name }) => name),
  dirtySpotPricesFile.name,
  LOAD_MEMORY,
];

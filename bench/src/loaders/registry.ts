import type { FileFormat } from "../files/file-load.js";
import { batchCopy, batchCopyStdin } from "./batch-copy.js";
import { duckdbToPsql } from "./duckdb.js";
import type { Loader } from "./loader.js";
import { pgloader } from "./pgloader.js";
import { psqlCopy, psqlJson } from "./psql.js";
import { timescaledbParallelCopy } from "./timescaledb-parallel-copy.js";

const CONNECTIONS = [1, 2, 4];
const STDIN_CONNECTIONS = 2;

/** All loaders, in the order in which they run. */
const loaders: readonly Loader[] = [
  ...CONNECTIONS.map(psqlCopy),
  ...CONNECTIONS.map(psqlJson),
  duckdbToPsql,
  ...CONNECTIONS.map(batchCopy),
  batchCopyStdin(STDIN_CONNECTIONS),
  ...CONNECTIONS.map(timescaledbParallelCopy),
  ...CONNECTIONS.map(pgloader),
];

export function loadersOf(format: FileFormat): readonly Loader[] {
  return loaders.filter(({ formats }) => formats.includes(format));
}

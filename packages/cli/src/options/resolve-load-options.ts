import { refuseConflicts } from "./conflicting-options.js";
import { readCsvDialect } from "./csv-dialect-options.js";
import { readDatabaseUrl } from "./database-url-option.js";
import { readEncoding } from "./encoding-option.js";
import type { GivenLoadOptions } from "./given-load-options.js";
import type { LoadOptions } from "./load-options.js";
import { readMaxRejects } from "./max-rejects.js";
import { choice, notEmpty, shown, wholeNumber } from "./option-values.js";
import { readMap, readSet } from "./pairs.js";
import { splitList } from "./split-list.js";
import { UsageError } from "./usage-error.js";

/** What is used for the numbers that are not given. The help shows them. */
export const LOAD_DEFAULTS = Object.freeze({ connections: 2, batchRows: 100_000, skip: 0 });

const MAX_CONNECTIONS = 1000;

/**
 * Checks the options of `load` and fills in their defaults.
 *
 * @throws UsageError, which names the option, the value and what is right.
 */
export function resolveLoadOptions(files: readonly string[], given: GivenLoadOptions): LoadOptions {
  if (files.length === 0) {
    throw new UsageError("no file to load is given; use - for stdin");
  }
  if (given.into === undefined) {
    throw new UsageError("--into <table> is missing: the table to load into");
  }
  refuseConflicts(given, files);
  const columns = readColumns(given.columns);
  const set = readSet(given.set ?? []);
  const map = readMap(given.map ?? []);
  refuseSetTwice(set, [...(columns ?? []), ...map.values()]);
  return Object.freeze({
    files: Object.freeze(files.map((file) => notEmpty("the path of a file", "a path", file))),
    into: notEmpty("--into", "the name of a table, such as app.prices", given.into),
    format: choice("--format", given.format, ["csv", "ndjson", "parquet"]),
    header: given.header ?? (columns === undefined ? "auto" : false),
    columns,
    map,
    ...readCsvDialect(given),
    encoding: readEncoding(given.encoding),
    compression: choice("--compression", given.compression, ["gzip", "zstd", "none"]),
    onConflict: choice("--on-conflict", given.onConflict, ["update", "ignore"]),
    key: readKey(given.key),
    rejects: notEmpty("--rejects", "the path of a file", given.rejects),
    maxRejects: readMaxRejects(given.maxRejects),
    ...switchesOf(given),
    ...numbersOf(given),
    names: choice("--names", given.names, ["snake_case"]),
    progress: choice("--progress", given.progress, ["auto", "bar", "plain", "none"]) ?? "auto",
    databaseUrl: readDatabaseUrl(given.databaseUrl),
    set,
    ledger: notEmpty("--ledger", "the name of a table, such as app.ledger", given.ledger),
    unknownKeys: choice("--unknown-keys", given.unknownKeys, ["error", "ignore"]) ?? "error",
  } satisfies LoadOptions);
}

function switchesOf(given: GivenLoadOptions) {
  const { resume = false, again = false, dryRun = false, create = false } = given;
  const { quiet = false, verbose = false, json = false, truncate = false } = given;
  return { resume, again, dryRun, create, quiet, verbose, json, truncate };
}

function numbersOf({ limit, skip, connections, batchRows }: GivenLoadOptions) {
  const { connections: usualConnections, batchRows: usualRows } = LOAD_DEFAULTS;
  return {
    limit: wholeNumber("--limit", limit, { least: 1, otherwise: undefined }),
    skip: wholeNumber("--skip", skip, { least: 0, otherwise: LOAD_DEFAULTS.skip }),
    connections: wholeNumber("--connections", connections, {
      least: 1,
      most: MAX_CONNECTIONS,
      otherwise: usualConnections,
    }),
    batchRows: wholeNumber("--batch-rows", batchRows, { least: 1, otherwise: usualRows }),
  };
}

function readColumns(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) {
    return undefined;
  }
  const columns = splitList("--columns", text);
  const named = columns.filter((column) => column !== "");
  if (named.length === 0) {
    throw new UsageError(`--columns must name a column, got ${shown(text)}`);
  }
  refuseDuplicate("--columns", named);
  return Object.freeze(columns);
}

function readKey(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) {
    return undefined;
  }
  const key = splitList("--key", text);
  if (key.includes("")) {
    throw new UsageError(`--key must be names of columns, such as id,day, got ${shown(text)}`);
  }
  refuseDuplicate("--key", key);
  return Object.freeze(key);
}

function refuseDuplicate(option: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new UsageError(`${option} names the column ${shown(twice)} twice`);
  }
}

/** A column has one source of its values. */
function refuseSetTwice(set: ReadonlyMap<string, string>, filled: readonly string[]): void {
  const column = filled.find((name) => set.has(name));
  if (column !== undefined) {
    throw new UsageError(
      `--set gives the column ${shown(column)} a value, which the file fills as well`,
    );
  }
}

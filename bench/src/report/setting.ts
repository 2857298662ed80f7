import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { join } from "node:path";

import type { BenchDatabase } from "../run/bench-database.js";
import type { Bench } from "../run/bench.js";
import type { LoadTools } from "../run/load-tools.js";
import type { Setting } from "./results.js";

const BENCH = join(import.meta.dirname, "..", "..");
const MODULES = join(BENCH, "..", "node_modules");
/** Dev dependencies that are not measured. */
const NOT_PEERS = /^@|^linkedom$/;

/** Server settings that affect the figures. */
const PARAMETERS = ["fsync", "synchronous_commit", "wal_level", "shared_buffers", "max_wal_size"];

/** The machine and the versions that the figures were measured with. */
export async function describeSetting(
  { database, tools }: Bench,
  args: readonly string[],
): Promise<Setting> {
  const processors = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const system = `${type()} ${release().split("-")[0]} ${process.arch}`;
  return {
    date: new Date().toISOString().slice(0, 10),
    command: ["npm run bench", ...(args.length > 0 ? ["--", ...args] : [])].join(" "),
    machine: `${processors.length} cores (${processors[0]?.model.trim()}), ${gigabytes} GB, ${system}`,
    loadBefore: loadavg()[0] ?? 0,
    versions: {
      "Node.js": process.versions.node,
      PostgreSQL: await database.parameter("server_version"),
      ...(tools.psql === undefined ? {} : { psql: tools.psql }),
      ...packageVersions(),
      ...tools.modules,
      ...loaderVersions(tools.load),
    },
    parameters: await parametersOf(database),
  };
}

async function parametersOf(database: BenchDatabase): Promise<Record<string, string>> {
  const parameters: Record<string, string> = {};
  for (const name of PARAMETERS) {
    parameters[name] = await database.parameter(name);
  }
  return parameters;
}

function loaderVersions({
  pgloader,
  timescaledbParallelCopy,
  duckdb,
}: LoadTools): Record<string, string> {
  const found = Object.entries({
    pgloader,
    "timescaledb-parallel-copy": timescaledbParallelCopy,
    DuckDB: duckdb,
  });
  return Object.fromEntries(
    found.flatMap(([name, program]) => (program === undefined ? [] : [[name, program.version]])),
  );
}

function packageVersions(): Record<string, string> {
  const { devDependencies } = readPackage(BENCH);
  const peers = Object.keys(devDependencies ?? {}).filter((name) => !NOT_PEERS.test(name));
  return Object.fromEntries(peers.map((name) => [name, readPackage(join(MODULES, name)).version]));
}

interface Package {
  readonly version: string;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function readPackage(folder: string): Package {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Package;
}

/** The setting as text for the page. */
export function describe({ date, command, machine, loadBefore, ...setting }: Setting): string {
  const versions = listOf(setting.versions);
  const parameters = listOf(setting.parameters);
  return `Measured on ${date} by \`${command}\` on ${machine}, which server and clients share. Load average before the run: ${loadBefore.toFixed(2)}. Versions: ${versions}. Server: ${parameters}.`;
}

function listOf(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

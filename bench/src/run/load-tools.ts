import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** A virtual environment of Python, to which other programs are installed as well. */
const PEERS = join(import.meta.dirname, "..", "..", "..", ".cache", "peers", "bin");

/** A program that was found. */
interface FoundProgram {
  readonly command: string;
  readonly version: string;
}

/** Programs that load files, and what their runs need. */
export interface LoadTools {
  /** Its version. */
  readonly psql?: string | undefined;
  readonly pgloader?: FoundProgram | undefined;
  readonly timescaledbParallelCopy?: FoundProgram | undefined;
  /** A Python that has the module `duckdb`. */
  readonly duckdb?: FoundProgram | undefined;
  /** GNU time, which tells the peak memory of a program. */
  readonly time?: FoundProgram | undefined;
}

export function findLoadTools(psql: string | undefined): LoadTools {
  return {
    psql,
    pgloader: find(["pgloader"], ["--version"], /version "([^"]+)"/),
    timescaledbParallelCopy: find(["timescaledb-parallel-copy"], ["-version"], / v([\d.]+)/),
    duckdb: find(["python3", "/usr/bin/python3"], ["-c", PRINT_DUCKDB], /^([\d.]+)/),
    time: find(["/usr/bin/time", "gtime"], ["--version"], /GNU Time\) (\S+)/),
  };
}

const PRINT_DUCKDB = "import duckdb; print(duckdb.__version__)";

/** The first of the commands that tells its version. Those in the folder of peers come first. */
function find(
  commands: readonly string[],
  args: readonly string[],
  pattern: RegExp,
): FoundProgram | undefined {
  for (const command of [join(PEERS, commands[0]!), ...commands]) {
    const { stdout, stderr, status } = spawnSync(command, args, { encoding: "utf8" });
    const version = status === 0 ? pattern.exec(stdout + stderr)?.[1] : undefined;
    if (version !== undefined) return { command, version };
  }
  return undefined;
}

import { execFileSync } from "node:child_process";

import type { Contender } from "../contenders/contender.js";
import { isPython } from "../contenders/implementations.js";
import { findLoadTools, type LoadTools } from "./load-tools.js";

/** Debian's packages belong to the system's Python, which may not be first in PATH. */
const PYTHONS = ["python3", "/usr/bin/python3"];
const PSQLS: ReadonlySet<string> = new Set(["psql", "upsert-psql"]);
/** Prints the version of each module; psycopg may lack its C part. */
const MODULES: Readonly<Record<string, string>> = {
  asyncpg: "asyncpg.__version__",
  psycopg: "psycopg.__version__, f'({psycopg.pq.__impl__})'",
};

/** Programs of other languages on this machine. */
export interface Tools {
  /** Its version. */
  readonly psql: string | undefined;
  /** The command. */
  readonly python: string | undefined;
  /** A version for each Python module that is there. */
  readonly modules: Readonly<Record<string, string>>;
  /** Of the part load. */
  readonly load: LoadTools;
}

export function findTools(): Tools {
  const pythons = PYTHONS.map((python) => ({ python, modules: modulesOf(python) }));
  const best = pythons.toSorted(
    (one, other) => Object.keys(other.modules).length - Object.keys(one.modules).length,
  )[0];
  const psql = outputOf("psql", ["--version"])?.replace(/^psql \(PostgreSQL\) ([\d.]+).*$/s, "$1");
  return {
    psql,
    python: best && outputOf(best.python, ["--version"]) ? best.python : undefined,
    modules: best?.modules ?? {},
    load: findLoadTools(psql),
  };
}

/** Why a contender cannot take part on this machine; undefined if it can. */
export function whyNot(
  { implementation }: Pick<Contender, "implementation">,
  tools: Tools,
): string | undefined {
  if (PSQLS.has(implementation) && tools.psql === undefined) return "there is no psql";
  if (!isPython(implementation)) return undefined;
  if (tools.python === undefined) return "there is no python3";
  const isMissing = implementation in MODULES && !(implementation in tools.modules);
  return isMissing ? `python3 has no module ${implementation}` : undefined;
}

function modulesOf(python: string): Record<string, string> {
  const found = Object.entries(MODULES).map(([module, version]) => [
    module,
    outputOf(python, ["-c", `import ${module}; print(${version})`]),
  ]);
  return Object.fromEntries(found.filter(([, version]) => version !== undefined)) as Record<
    string,
    string
  >;
}

function outputOf(command: string, args: readonly string[]): string | undefined {
  try {
    const stdio = ["ignore", "pipe", "ignore"] as const;
    return execFileSync(command, args, { encoding: "utf8", stdio: [...stdio] }).trim();
  } catch {
    return undefined;
  }
}

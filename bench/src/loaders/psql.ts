import { libpqVariables } from "../contenders/libpq-variables.js";
import type { LoadTools } from "../run/load-tools.js";
import type { Program } from "../run/run-programs.js";
import { qualifiedName } from "../workloads/workload.js";
import type { Loader } from "./loader.js";

export const PSQL_ARGS: readonly string[] = ["--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1"];

/** `\copy … csv`, a psql and a file for each connection. */
export function psqlCopy(connections: number): Loader {
  return {
    id: `psql-${connections}`,
    label: String.raw`psql \copy`,
    group: "limit",
    connections,
    formats: ["csv"],
    files: connections,
    whyNot: whyNoPsql,
    programs: ({ workload, files }) =>
      files.map((file) =>
        psql([String.raw`\copy ${qualifiedName(workload)} from '${file}' with (format csv)`]),
      ),
  };
}

/** NDJSON through a temporary table of lines: COPY does not read it. */
export function psqlJson(connections: number): Loader {
  return {
    ...psqlCopy(connections),
    label: String.raw`psql \copy, INSERT … SELECT`,
    formats: ["ndjson"],
    programs: ({ workload, files }) => {
      const table = qualifiedName(workload);
      // Lines of JSON contain no such characters unescaped (RFC 8259, section 7).
      const whole = String.raw`with (format csv, delimiter e'\x02', quote e'\x01')`;
      return files.map((file) =>
        psql([
          "CREATE TEMPORARY TABLE lines (line text)",
          String.raw`\copy lines from '${file}' ${whole}`,
          `INSERT INTO ${table} SELECT record.*
             FROM lines, jsonb_populate_record(NULL::${table}, line::jsonb) AS record`,
        ]),
      );
    },
  };
}

export function whyNoPsql({ psql: version }: LoadTools): string | undefined {
  return version === undefined ? "there is no psql" : undefined;
}

function psql(commands: readonly string[]): Program {
  return {
    command: "psql",
    args: [...PSQL_ARGS, ...commands.flatMap((command) => ["--command", command])],
    env: libpqVariables(process.env["DATABASE_URL"] ?? ""),
  };
}

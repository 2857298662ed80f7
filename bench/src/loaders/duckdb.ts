import { libpqVariables } from "../contenders/libpq-variables.js";
import { PARQUET_PROGRAM } from "../files/parquet.js";
import type { LoadTools } from "../run/load-tools.js";
import { qualifiedName } from "../workloads/workload.js";
import type { Loader } from "./loader.js";
import { PSQL_ARGS, psqlCopy, whyNoPsql } from "./psql.js";

/** Bash, because psql must end with an error if DuckDB does. */
const PIPE = 'set -o pipefail; "$0" "$1" read "$2" | psql "${@:3}"';

/** Parquet as CSV through a pipe: psql does not read it. */
export const duckdbToPsql: Loader = {
  ...psqlCopy(1),
  label: String.raw`DuckDB, piped to psql \copy`,
  formats: ["parquet"],
  whyNot: (tools) => whyNoPsql(tools) ?? whyNoDuckdb(tools),
  programs({ workload, files, tools }) {
    const copy = String.raw`\copy ${qualifiedName(workload)} from pstdin with (format csv)`;
    return [
      {
        command: "bash",
        args: [
          "-c",
          PIPE,
          tools.duckdb!.command,
          PARQUET_PROGRAM,
          files[0]!,
          ...PSQL_ARGS,
          "--command",
          copy,
        ],
        env: libpqVariables(process.env["DATABASE_URL"] ?? ""),
      },
    ];
  },
};

/** DuckDB also makes the Parquet file. */
export function whyNoDuckdb({ duckdb }: LoadTools): string | undefined {
  return duckdb === undefined ? "python3 has no module duckdb" : undefined;
}

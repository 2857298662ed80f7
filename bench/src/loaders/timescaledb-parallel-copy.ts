import { libpqVariables } from "../contenders/libpq-variables.js";
import { SCHEMA } from "../workloads/workload.js";
import type { Loader } from "./loader.js";

/** As many rows as batch-copy has in a batch by default. Its limit of 4 MiB comes first. */
const BATCH_ROWS = 100_000;

export function timescaledbParallelCopy(connections: number): Loader {
  return {
    id: `timescaledb-parallel-copy-${connections}`,
    label: "timescaledb-parallel-copy",
    group: "peer",
    connections,
    formats: ["csv"],
    files: 1,
    whyNot: ({ timescaledbParallelCopy: found }) =>
      found === undefined ? "there is no timescaledb-parallel-copy" : undefined,
    programs: ({ workload, files, tools }) => [
      {
        command: tools.timescaledbParallelCopy!.command,
        args: [
          // The variables of the environment say where the server is.
          "-connection=",
          `-schema=${SCHEMA}`,
          `-table=${workload.table.name}`,
          `-file=${files[0]}`,
          `-workers=${connections}`,
          `-batch-size=${BATCH_ROWS}`,
        ],
        env: libpqVariables(process.env["DATABASE_URL"] ?? ""),
      },
    ],
  };
}

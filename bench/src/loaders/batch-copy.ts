import { join } from "node:path";

import type { Program } from "../run/run-programs.js";
import { LEDGER } from "../workloads/ledger.js";
import { qualifiedName } from "../workloads/workload.js";
import type { Loader, LoadJob } from "./loader.js";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const COMMAND = join(ROOT, "packages", "cli", "bin", "batch-copy.js");

/** `batch-copy load` of a file, with the ledger that it has by default. */
export function batchCopy(connections: number): Loader {
  return {
    id: `batch-copy-${connections}`,
    label: "batch-copy load",
    group: "ours",
    connections,
    formats: ["csv", "ndjson", "parquet"],
    files: 1,
    whyNot: () => undefined,
    programs: (job) => [loadProgram(job, connections, job.files)],
  };
}

/** The same from stdin, which has no position in the ledger. */
export function batchCopyStdin(connections: number): Loader {
  return {
    ...batchCopy(connections),
    id: `batch-copy-stdin-${connections}`,
    label: "batch-copy load, stdin",
    formats: ["csv", "ndjson"],
    programs: ({ files, ...job }) => {
      const program = loadProgram({ ...job, files }, connections, ["-", "--format", job.format]);
      return [{ ...program, input: files[0]! }];
    },
  };
}

/** The same with files for rejected lines, for a file that has some. */
export function batchCopyRejecting(connections: number, rejects: string): Loader {
  return {
    ...batchCopy(connections),
    programs: (job) => {
      const args = [...job.files, "--rejects", rejects];
      return [{ ...loadProgram(job, connections, args), exitCode: 1 }];
    },
  };
}

function loadProgram(
  { workload, nodeFlags }: LoadJob,
  connections: number,
  args: readonly string[],
): Program {
  const target = ["--into", qualifiedName(workload), "--ledger", LEDGER];
  const options = ["--connections", String(connections)];
  return {
    command: process.execPath,
    args: [...nodeFlags, COMMAND, "load", ...args, ...target, ...options],
  };
}

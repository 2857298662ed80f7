import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { qualifiedName, type Workload } from "../workloads/workload.js";
import type { Loader } from "./loader.js";

/** pgloader with a command file. It has a thread for each connection, and one that reads. */
export function pgloader(connections: number): Loader {
  return {
    id: `pgloader-${connections}`,
    label: "pgloader",
    group: "peer",
    connections,
    formats: ["csv"],
    files: 1,
    whyNot: ({ pgloader: found }) => (found === undefined ? "there is no pgloader" : undefined),
    async programs({ workload, files, folder, tools }) {
      const commands = join(folder, `pgloader-${connections}.load`);
      // It holds the URL, with the password.
      await writeFile(commands, commandsOf(workload, files[0]!, connections), { mode: 0o600 });
      const args = ["--root-dir", join(folder, "pgloader"), commands];
      return [{ command: tools.pgloader!.command, args }];
    },
  };
}

function commandsOf(workload: Workload, file: string, connections: number): string {
  const columns = Object.keys(workload.table.columns).join(", ");
  return `LOAD CSV
  FROM '${file}' (${columns})
  INTO ${process.env["DATABASE_URL"] ?? ""}
  TARGET TABLE ${qualifiedName(workload)} (${columns})
  WITH workers = ${connections + 1}, concurrency = ${connections},
    fields optionally enclosed by '"', fields escaped by double-quote, fields terminated by ',';
`;
}

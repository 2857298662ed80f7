import { qualifiedName } from "../workloads/workload.js";
import type { Open } from "./job.js";
import { Psql } from "./psql-process.js";

/** `\copy` of ready binary files, one psql for each connection. */
export const open: Open = async ({ workload, files }) => {
  const clients = files.map(() => new Psql());
  await Promise.all(clients.map((client) => client.run("")));
  const copy = (file: string): string =>
    String.raw`\copy ${qualifiedName(workload)} from '${file}' with (format binary)`;
  return {
    async write() {
      await Promise.all(clients.map((client, index) => client.run(copy(files[index]!))));
    },
    async close() {
      const micros = await Promise.all(clients.map((client) => client.end()));
      return { cpuMicros: micros.reduce((sum, each) => sum + each, 0), peakRss: undefined };
    },
  };
};

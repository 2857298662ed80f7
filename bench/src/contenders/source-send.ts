import { closeCopier } from "./close-copier.js";
import { connectCopier } from "./connect-copier.js";
import type { Open } from "./job.js";
import { openSources } from "./open-sources.js";

/** `source.send()`, row after row, by the `sources` in turn. A position is a row. */
export const open: Open = async (job) => {
  const { workload, rows } = job;
  const copier = await connectCopier(job);
  const sources = await openSources(copier, job.options);
  return {
    async write() {
      for (let n = 0; n < rows; n++) {
        const position = Math.floor(n / sources.length);
        await sources[n % sources.length]!.send(workload.row(n), position);
      }
      await copier.flush();
    },
    close: () => closeCopier(copier),
  };
};

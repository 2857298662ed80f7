import { callInTurn } from "./call-in-turn.js";
import { connectCopier } from "./connect-copier.js";
import type { Open } from "./job.js";
import { openSources } from "./open-sources.js";

/** `source.send()` of a row and `source.flush()`, which is the commit, row after row. */
export const open: Open = async (job) => {
  const copier = await connectCopier(job);
  const [source] = await openSources(copier, {});
  let position = 0;
  return {
    write: () =>
      callInTurn(job, async (row) => {
        await source!.send(row, position++);
        await source!.flush();
      }),
    close: () => copier.close(),
  };
};

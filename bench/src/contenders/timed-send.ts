import { callInTurn } from "./call-in-turn.js";
import { closeCopier } from "./close-copier.js";
import { connectCopier } from "./connect-copier.js";
import type { Open } from "./job.js";
import { secondsSince } from "./seconds-since.js";

/** `callers` that each await `send()` row after row; some of their calls are timed. */
export const open: Open = async (job) => {
  const copier = await connectCopier(job);
  return {
    async write() {
      const startedAt = performance.now();
      const { tookMs } = await callInTurn(job, (row) => copier.send(row));
      const acceptedSeconds = secondsSince(startedAt);
      await copier.flush();
      return { tookMs, acceptedSeconds };
    },
    close: () => closeCopier(copier),
  };
};

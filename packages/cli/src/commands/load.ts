import { EXIT, exitCodeOf, messageOf } from "../failure.js";
import type { LoadOutput } from "../load/load-output.js";
import { load } from "../load/load.js";
import type { RejectFiles } from "../load/rejects.js";
import type { LoadOptions } from "../options/load-options.js";
import { createOutput } from "../progress/create-output.js";
import { openRejectFiles } from "../rejects/reject-files.js";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The command `load`. Returns the exit code. */
export async function loadFiles(options: LoadOptions): Promise<number> {
  const output = createOutput(options);
  const { dryRun, rejects, resume } = options;
  showWarnings(output);
  let rejectFiles: RejectFiles | undefined;
  try {
    rejectFiles = rejects === undefined || dryRun ? undefined : openRejectFiles(rejects, resume);
    return await load(options, { output, rejectFiles, onInterrupt });
  } catch (error) {
    output.error(messageOf(error));
    return exitCodeOf(error);
  } finally {
    rejectFiles?.close();
    output.close();
  }
}

/** Warnings of the library are part of the output: as texts of their own they would break the progress bar. */
function showWarnings(output: LoadOutput): void {
  process.removeAllListeners("warning");
  process.on("warning", ({ message }) => output.warn(message));
}

/** npm and npx pass on a signal that the terminal has sent to all processes already. */
const SAME_SIGNAL_MS = 1000;

/** The first signal ends the load when what was read is written, the second one at once. */
function onInterrupt(stop: (reason: string) => void): () => void {
  let firstAt: number | undefined;
  const handle = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      stop(`interrupted by ${signal}`);
    } else if (now - firstAt > SAME_SIGNAL_MS) {
      process.exit(EXIT.stopped);
    }
  };
  SIGNALS.forEach((signal) => process.on(signal, handle));
  return () => SIGNALS.forEach((signal) => process.off(signal, handle));
}

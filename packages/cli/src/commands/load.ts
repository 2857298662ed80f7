import { EXIT, exitCodeOf, messageOf } from "../load/failure.js";
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

/** The first signal ends the load when what was read is written, the second one at once. */
function onInterrupt(stop: (reason: string) => void): () => void {
  let isStopping = false;
  const handle = (signal: NodeJS.Signals): void => {
    if (isStopping) {
      process.exit(EXIT.stopped);
    }
    isStopping = true;
    stop(`interrupted by ${signal}`);
  };
  SIGNALS.forEach((signal) => process.on(signal, handle));
  return () => SIGNALS.forEach((signal) => process.off(signal, handle));
}

import type { ToolOutput } from "./tool-output.js";

/** The stdout of this process. If its reader goes away, as `head` does, the process ends. */
export const standardOutput: ToolOutput = {
  width: process.stdout.isTTY ? process.stdout.columns : undefined,
  out(line) {
    if (process.stdout.listenerCount("error") === 0) {
      process.stdout.on("error", endIfUnread);
    }
    process.stdout.write(`${line}\n`);
  },
};

function endIfUnread(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") {
    process.exit(0);
  }
  throw error;
}

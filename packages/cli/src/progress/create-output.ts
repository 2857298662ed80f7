import type { LoadOptions } from "../options/load-options.js";
import { JsonOutput } from "./json-output.js";
import type { ReportOutput } from "./report-output.js";
import { TextOutput } from "./text-output.js";

/** What a load tells, and where: JSON lines to stdout, texts to stderr. */
export function createOutput({ json, progress, quiet, verbose }: LoadOptions): ReportOutput {
  const now = (): number => performance.now() / 1000;
  const kind = quiet ? "none" : progress;
  if (json) {
    const hasProgress = kind !== "none";
    surviveReader(process.stdout);
    return new JsonOutput(process.stdout, { hasProgress, isQuiet: quiet, isVerbose: verbose }, now);
  }
  surviveReader(process.stderr);
  const usual = process.stderr.isTTY ? "bar" : "plain";
  return new TextOutput(
    process.stderr,
    { progress: kind === "auto" ? usual : kind, isQuiet: quiet, isVerbose: verbose },
    now,
  );
}

/** A load does not end because nobody reads any more what it tells. */
function surviveReader(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") {
      throw error;
    }
  });
}

import { Bench } from "./bench.js";
import { findTools } from "./tools.js";

const INTERRUPTED = 130;

/** How the workers are run. */
export interface WithBenchOptions {
  /** The folder for CPU profiles of the workers; undefined for none. */
  readonly profiles?: string | undefined;
}

/** Opens a bench, runs the work, and always closes the bench. Returns the exit code. */
export async function withBench(
  { profiles }: WithBenchOptions,
  work: (bench: Bench) => Promise<number>,
): Promise<number> {
  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort());
  const bench = await Bench.open({
    tools: findTools(),
    nodeFlags: profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profiles}`],
    signal: interrupt.signal,
  });
  try {
    return await work(bench);
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    console.error("\nInterrupted.");
    return INTERRUPTED;
  } finally {
    await bench.close();
  }
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const TIMEOUT_MS = 30 * 60_000;

/** Where there is no GNU time: bash's `time` reports the CPU time, into the file $0. */
const BASH = 'TIMEFORMAT="%U %S"; { time "$@" 2>&3 3>&-; } 3>&2 2>"$0"';

/** A process to run. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** In addition to this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** A file that it reads from stdin. */
  readonly input?: string;
  /** What it must exit with. @default 0 */
  readonly exitCode?: number;
}

/** How programs are run. */
export interface ProgramsSettings {
  /** GNU time; undefined where there is none. */
  readonly time: string | undefined;
  /** A folder that may be written to. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** What the programs took together. */
export interface Usage {
  readonly seconds: number;
  readonly cpuMicros: number;
  /** Of all of them together, in bytes; undefined where there is no GNU time. */
  readonly peakRss: number | undefined;
}

/**
 * Runs programs at once, from the start of the first to the end of the last.
 *
 * @throws Error with the last line that it printed if one of them fails
 */
export async function runPrograms(
  programs: readonly Program[],
  settings: ProgramsSettings,
): Promise<Usage> {
  const startedAt = performance.now();
  const usages = await Promise.all(
    programs.map((program, index) =>
      runProgram(program, { ...settings, report: join(settings.folder, `usage.${index}`) }),
    ),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const peaks = usages.flatMap(({ peakRss }) => peakRss ?? []);
  return {
    seconds,
    cpuMicros: sum(usages.map(({ cpuMicros }) => cpuMicros)),
    peakRss: peaks.length < usages.length ? undefined : sum(peaks),
  };
}

type OneUsage = Omit<Usage, "seconds">;

async function runProgram(
  { command, args, env, input, exitCode = 0 }: Program,
  { time, signal, report }: ProgramsSettings & { readonly report: string },
): Promise<OneUsage> {
  signal.throwIfAborted();
  const [wrapper, ...first] =
    time === undefined
      ? (["bash", "-c", BASH, report] as const)
      : ([time, "--quiet", "--output", report, "--format", "%U %S %M"] as const);
  const stdin = input === undefined ? undefined : await open(input);
  try {
    const child = spawn(wrapper, [...first, command, ...args], {
      env: { ...process.env, ...env },
      stdio: [stdin?.fd ?? "ignore", "pipe", "pipe"],
      // A group of its own, because a signal to the wrapper would not end the program.
      detached: true,
    });
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const end = (): boolean => process.kill(-child.pid!);
    deadline.addEventListener("abort", end);
    const [out, error, [code]] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      once(child, "close") as Promise<[number | null]>,
    ]).finally(() => deadline.removeEventListener("abort", end));
    deadline.throwIfAborted();
    if (code !== exitCode) {
      throw new Error(`${lastLine(error) ?? lastLine(out) ?? "no message"} (exit code ${code})`);
    }
  } finally {
    await stdin?.close();
  }
  return usageOf(await readFile(report, "utf8"));
}

function usageOf(report: string): OneUsage {
  const [user, system, kibibytes] = report.trim().split(" ").map(Number);
  return {
    cpuMicros: (user! + system!) * 1e6,
    peakRss: kibibytes === undefined ? undefined : kibibytes * 1024,
  };
}

function lastLine(output: string): string | undefined {
  return output
    .split("\n")
    .findLast((line) => line.trim() !== "")
    ?.trim();
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

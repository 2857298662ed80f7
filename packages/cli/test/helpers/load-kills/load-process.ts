import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

import type { LoadSummary } from "../../../dist/load/load-output.js";
import { BIN } from "../command.js";

/** A line that `--json` prints. */
type JsonLine = { readonly type: string; readonly message?: string } & Partial<LoadSummary>;

/** How a load has ended. */
export interface LoadEnd {
  /** Null if a signal has ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What `--json` prints. */
  readonly lines: readonly JsonLine[];
  readonly summary: JsonLine | undefined;
  readonly stderr: string;
}

/** Servers recover meanwhile, and tables are locked. */
const PATIENCE_MS = 100_000;

/** `batch-copy load` in a process of its own, which may be killed. */
export class LoadProcess {
  readonly #child: ChildProcess;
  readonly #end: Promise<LoadEnd>;

  /** @param flags of Node */
  constructor(
    args: readonly string[],
    {
      flags = [],
      env,
    }: { readonly flags?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
  ) {
    this.#child = spawn(process.execPath, [...flags, BIN, "load", ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#end = this.#untilEnd();
  }

  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  signal(signal: "SIGHUP" | "SIGINT" | "SIGTERM" | "SIGKILL"): void {
    this.#child.kill(signal);
  }

  /** Resolves when it has ended. */
  async ended(): Promise<LoadEnd> {
    let isLate = false;
    const impatience = setTimeout(() => {
      isLate = true;
      this.signal("SIGKILL");
    }, PATIENCE_MS);
    const end = await this.#end;
    clearTimeout(impatience);
    if (isLate) {
      throw new Error(`the load did not end in ${PATIENCE_MS / 1000} s: ${end.stderr}`);
    }
    return end;
  }

  async #untilEnd(): Promise<LoadEnd> {
    const [out, stderr, [code, signal]] = await Promise.all([
      text(this.#child.stdout!),
      text(this.#child.stderr!),
      once(this.#child, "close") as Promise<[number | null, NodeJS.Signals | null]>,
    ]);
    const complete = out.slice(0, out.lastIndexOf("\n") + 1);
    const lines = complete
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as JsonLine);
    return { code, signal, lines, summary: lines.find(({ type }) => type === "summary"), stderr };
  }
}

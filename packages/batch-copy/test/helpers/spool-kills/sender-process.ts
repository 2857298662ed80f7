import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import { eventually } from "../eventually.js";
import type { SenderConfig, SenderReport } from "./sender-config.js";

const PROGRAM = fileURLToPath(new URL("sender-program.js", import.meta.url));

/** The server is killed meanwhile, and has to recover; a table may be locked. */
const PATIENCE_SECONDS = 120;

/** A process that sends rows through a spool. */
export class SenderProcess {
  readonly #life: number;
  readonly #child: ChildProcess;
  readonly #errors: Promise<string>;
  /** When it has ended, and all it has reported is here. */
  readonly #ended: Promise<unknown>;
  readonly #seen = new Set<SenderReport["what"]>();

  constructor(config: SenderConfig, onReport: (report: SenderReport) => void) {
    this.#life = config.life;
    const flags = importsOf(process.execArgv);
    this.#child = spawn(process.execPath, [...flags, PROGRAM, JSON.stringify(config)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#errors = text(this.#child.stderr!);
    this.#ended = once(this.#child, "close");
    let rest = "";
    this.#child.stdout!.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      // It may have been killed in the middle of the last one.
      rest = lines.pop()!;
      for (const line of lines) {
        const report = JSON.parse(line) as SenderReport;
        this.#seen.add(report.what);
        onReport(report);
      }
    });
  }

  /** Resolves when it accepts rows. */
  async untilConnected(): Promise<void> {
    await this.#until(() => this.#seen.has("connected"), "connected");
  }

  signal(signal: "SIGSTOP" | "SIGCONT" | "SIGTERM"): void {
    this.#child.kill(signal);
  }

  /** Ends it in the middle of whatever it does; returns whether it was alive. */
  async kill(): Promise<boolean> {
    this.#child.kill("SIGKILL");
    await this.#ended;
    await this.#throwIfFailed();
    return this.#child.signalCode === "SIGKILL";
  }

  /** Resolves when it has closed its copier, and ended. */
  async exited(): Promise<void> {
    await this.#until(() => this.#hasEnded, "ended");
    await this.#ended;
    if (!this.#seen.has("closed")) {
      throw new Error(`process ${this.#life} has ended without a word: ${await this.#errors}`);
    }
  }

  /** What it has warned of; when it has ended. */
  get warnings(): Promise<string> {
    return this.#errors;
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async #until(condition: () => boolean, what: string): Promise<void> {
    await eventually(
      () => this.#hasEnded || condition(),
      `process ${this.#life} has ${what}`,
      PATIENCE_SECONDS,
    );
    await this.#throwIfFailed();
  }

  async #throwIfFailed(): Promise<void> {
    const { exitCode } = this.#child;
    if (exitCode !== null && exitCode !== 0) {
      throw new Error(`process ${this.#life} has failed with ${exitCode}: ${await this.#errors}`);
    }
  }
}

/** The flags that change modules, for a process that is to have the same. */
function importsOf(flags: readonly string[]): readonly string[] {
  const at = flags.indexOf("--import");
  return at === -1 ? [] : flags.slice(at, at + 2);
}

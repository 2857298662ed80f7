import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { LifeOrder, LifeReply } from "./life-orders.js";

/** The program of a process with a life in the directory that is its argument. */
export const LIFE_PROGRAM: string = fileURLToPath(new URL("life-program.js", import.meta.url));

/** A process with a life in a directory. */
export class LifeProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts one. It is killed with the test. */
  static async start(directory: string): Promise<LifeProcess> {
    const child = fork(LIFE_PROGRAM, [directory]);
    process.once("exit", () => child.kill("SIGKILL"));
    await once(child, "message");
    return new LifeProcess(child);
  }

  /** Lets it do something; resolves to the streams which that was about. */
  async tell(order: LifeOrder): Promise<readonly string[]> {
    const reply = once(this.#child, "message");
    this.#child.send(order);
    const [{ ids }] = (await reply) as [LifeReply];
    return ids;
  }

  /** Begins a stream; resolves to its uuid. */
  async begin(): Promise<string> {
    const [id] = await this.tell({ do: "begin" });
    return id!;
  }

  /** Stops it, or lets it go on. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    if (!this.hasExited) {
      this.#child.kill("SIGKILL");
      await once(this.#child, "exit");
    }
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Lets it watch the directory, and listen to nobody any more. */
  rest(): void {
    this.#child.send({ do: "rest" } satisfies LifeOrder);
  }
}

import { type ChildProcess, fork } from "node:child_process";
import { on, once } from "node:events";
import { fileURLToPath } from "node:url";

import type { AnyRow } from "../source-scene.js";
import type { SenderConfig, SenderOrder, SenderReply } from "./sender-orders.js";

/** The program of a process that sends rows over a spool. Its argument is a `SenderConfig`. */
export const SENDER_PROGRAM: string = fileURLToPath(new URL("sender-program.js", import.meta.url));

const children = new Set<ChildProcess>();
process.once("exit", () => children.forEach((child) => child.kill("SIGKILL")));

/** A process that sends rows over a spool. */
export class SenderProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #orders = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = once(child, "exit");
  }

  /** Starts one. It is killed with the test. */
  static async start(config: SenderConfig): Promise<SenderProcess> {
    // Values of all types, such as dates and bigints.
    const child = fork(SENDER_PROGRAM, [JSON.stringify(config)], { serialization: "advanced" });
    children.add(child);
    child.once("exit", () => children.delete(child));
    const sender = new SenderProcess(child);
    await sender.#answer(0);
    return sender;
  }

  /** Resolves when the rows are durable. */
  async send(rows: readonly AnyRow[], to?: string): Promise<void> {
    const number = ++this.#orders;
    const answer = this.#answer(number);
    this.#child.send({ number, do: "send", rows, to } satisfies SenderOrder);
    await answer;
  }

  /** Closes its copier, and lets it end. */
  async close(timeoutMs?: number): Promise<void> {
    this.#child.send({ number: ++this.#orders, do: "close", timeoutMs } satisfies SenderOrder);
    await this.#exited;
    if (this.#child.exitCode !== 0) {
      throw new Error("the sending process has failed");
    }
  }

  /** Ends it in the middle of whatever it does. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  async #answer(number: number): Promise<void> {
    const ended = this.#exited.then(() => {
      throw new Error("the sending process has ended");
    });
    const { error } = await Promise.race([this.#reply(number), ended]);
    if (error !== undefined) {
      throw new Error(`the sending process has failed: ${error}`);
    }
  }

  async #reply(number: number): Promise<SenderReply> {
    for await (const [reply] of on(this.#child, "message") as AsyncIterable<[SenderReply]>) {
      if (reply.number === number) {
        return reply;
      }
    }
    throw new Error("the channel has ended");
  }
}

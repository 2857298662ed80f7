import type { PgClient } from "./driver.js";
import { LoopTimer } from "./loop-timer.js";

type TimeoutOption = "connectTimeoutMs" | "copyTimeoutMs";

/** The time that getting a connection, and work over it, may take together. */
export class Deadline {
  readonly timeoutMs: number;
  readonly #timer: LoopTimer;
  readonly #option: TimeoutOption;
  #isOver = false;
  #giveUp: (() => void) | undefined;

  /**
   * @param timeoutMs milliseconds in which the event loop runs
   * @param option the option that says how many, for messages
   */
  constructor(timeoutMs: number, option: TimeoutOption) {
    this.timeoutMs = timeoutMs;
    this.#option = option;
    this.#timer = new LoopTimer(timeoutMs, () => {
      this.#isOver = true;
      this.#giveUp?.();
    });
  }

  /** Calls back when the time is over. It waits for one thing at a time: the last call counts. */
  onOver(giveUp: () => void): void {
    this.#giveUp = giveUp;
    if (this.#isOver) {
      giveUp();
    }
  }

  /** Nothing is waited for any more. */
  end(): void {
    this.#giveUp = undefined;
    this.#timer.stop();
  }

  /**
   * Rejects, and cuts the client's connection, if the work is not done when the time is over. The
   * work itself may never end then: a wrapper of the client need not call back.
   */
  async within<Client extends PgClient, Result>(
    client: Client,
    work: (client: Client) => Promise<Result>,
  ): Promise<Result> {
    const over = new Promise<never>((_, reject) => {
      this.onOver(() => {
        const error = new Error(`no answer within ${this.timeoutMs} ms (${this.#option})`);
        reject(error);
        client.connection.stream.destroy(error);
      });
    });
    try {
      return await Promise.race([over, work(client)]);
    } finally {
      this.#giveUp = undefined;
    }
  }
}

/** Runs the work under a deadline of its own. */
export async function withDeadline<Result>(
  timeoutMs: number,
  work: (deadline: Deadline) => Promise<Result>,
  option: TimeoutOption = "connectTimeoutMs",
): Promise<Result> {
  const deadline = new Deadline(timeoutMs, option);
  try {
    return await work(deadline);
  } finally {
    deadline.end();
  }
}

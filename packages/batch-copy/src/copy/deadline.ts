import type { PgClient } from "./driver.js";
import { LoopTimer } from "./loop-timer.js";

/** The time limit for getting a connection and for the work over it together. */
export class Deadline {
  readonly timeoutMs: number;
  readonly #timer: LoopTimer;
  #isOver = false;
  #giveUp: (() => void) | undefined;

  /** @param timeoutMs milliseconds in which the event loop runs */
  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
    this.#timer = new LoopTimer(timeoutMs, () => {
      this.#isOver = true;
      this.#giveUp?.();
    });
  }

  /** Calls back when the time is over. There is one callback at a time: that of the last call. */
  onOver(giveUp: () => void): void {
    this.#giveUp = giveUp;
    if (this.#isOver) {
      giveUp();
    }
  }

  /** Ends the deadline: it does not call back any more. */
  end(): void {
    this.#giveUp = undefined;
    this.#timer.stop();
  }

  /**
   * Rejects, and closes the client's connection, if the work is not done when the time is over. The
   * work itself may never end then, because a wrapper of the client may not call back.
   */
  async within<Client extends PgClient, Result>(
    client: Client,
    work: (client: Client) => Promise<Result>,
  ): Promise<Result> {
    const over = new Promise<never>((_, reject) => {
      this.onOver(() => {
        const error = new Error(`no answer within ${this.timeoutMs} ms (connectTimeoutMs)`);
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
): Promise<Result> {
  const deadline = new Deadline(timeoutMs);
  try {
    return await work(deadline);
  } finally {
    deadline.end();
  }
}

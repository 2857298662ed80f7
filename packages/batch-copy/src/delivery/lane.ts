import type { Batch } from "../batch/batch.js";
import type { Connection, Connections } from "../copy/connections.js";
import { CopyTransaction } from "../copy/copy-transaction.js";
import type { Outcome } from "../copy/outcome.js";

/** One COPY in flight at most: takes a batch to the server and says what became of it. */
export class Lane {
  readonly #connections: Connections;
  readonly #statement: string;
  #connection: Connection | undefined;
  #cutBy: Error | undefined;
  #onCut: ((outcome: Outcome) => void) | undefined;

  constructor(connections: Connections, statement: string) {
    this.#connections = connections;
    this.#statement = statement;
  }

  /** Runs one transaction. Never rejects; ends at once when the lane is cut. */
  run(batch: Batch): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#onCut = resolve;
      void this.#deliver(batch).then(resolve);
    });
  }

  /** Cuts the connection, and with it the transaction under way. */
  cut(error: Error): void {
    this.#cutBy = error;
    if (this.#connection === undefined) {
      this.#onCut?.({ kind: "lost", error });
    } else {
      this.#connection.client.connection.stream.destroy(error);
    }
  }

  async #deliver(batch: Batch): Promise<Outcome> {
    let connection: Connection;
    try {
      connection = await this.#connections.checkout();
    } catch (error) {
      return { kind: "lost", error: error as Error };
    }
    if (this.#cutBy !== undefined) {
      connection.release();
      return { kind: "lost", error: this.#cutBy };
    }
    this.#connection = connection;
    const outcome = await CopyTransaction.run(connection.client, this.#statement, batch);
    this.#connection = undefined;
    const isUsable = outcome.kind === "committed" || outcome.kind === "refused";
    connection.release(isUsable ? undefined : outcome.error);
    return outcome;
  }
}

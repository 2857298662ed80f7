import { textQuery } from "../text-query.js";
import { callOut, toError } from "./call-out.js";
import type { Connection } from "./connection.js";
import type { Slice } from "./copy-writer.js";
import { isRefusal, type PgClient } from "./driver.js";
import { batchQuestion, type Origin } from "./origin.js";
import type { LostBackend, Outcome } from "./outcome.js";
import type { Watched } from "./progress-watch.js";
import { rowFields } from "./row-fields.js";

interface InsertRoute {
  /** The INSERT of one row, with a parameter for each column. */
  readonly insertStatement: string;
  /** How long it waits for a lock; undefined for as long as the session does. */
  readonly lockTimeoutMs?: number | undefined;
}

/** An INSERT of a slice's only row, in a transaction that stays open. */
export class TrialInsert implements Watched {
  onProgress: () => void = noop;
  readonly isSettled = false;
  /** Committed means that nothing stands in the way of a commit. Never rejects. */
  readonly outcome: Promise<Outcome>;
  readonly #client: PgClient;
  readonly #origin: Origin;
  #backend: LostBackend | undefined;
  #giveUp: (error: Error) => void = noop;

  constructor({ client, origin }: Connection, route: InsertRoute, slice: Slice) {
    this.#client = client;
    this.#origin = origin;
    const cut = new Promise<never>((_, reject) => {
      this.#giveUp = reject;
    });
    this.outcome = Promise.race([cut, this.#run(route, slice)]).then(
      () => ({ kind: "committed", rows: 1, isLocalOnly: false }),
      outcomeOf,
    );
  }

  get backend(): LostBackend | undefined {
    return this.#backend;
  }

  /** Ends the connection, and with it the transaction. */
  cut(error: Error): void {
    this.#giveUp(error);
    callOut(() => this.#client.connection.stream.destroy());
  }

  insistOnCut(error: Error): void {
    this.cut(error);
  }

  async #run({ insertStatement, lockTimeoutMs }: InsertRoute, slice: Slice): Promise<void> {
    await this.#client.query("BEGIN");
    const { rows } = await this.#client.query(
      textQuery(batchQuestion(this.#origin, lockTimeoutMs)),
    );
    const [xid, pid] = rows[0]!;
    this.#backend = { pid: Number(pid), xid: xid ?? undefined, origin: this.#origin };
    this.onProgress();
    await this.#client.query(insertStatement, rowFields(slice));
    this.onProgress();
    await this.#client.query("SET CONSTRAINTS ALL IMMEDIATE");
  }
}

function outcomeOf(thrown: unknown): Outcome {
  const error = toError(thrown);
  return isRefusal(error)
    ? { kind: "refused", error }
    : { kind: "lost", error, backend: undefined, isFinal: false };
}

function noop(): void {}

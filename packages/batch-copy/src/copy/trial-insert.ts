import { textQuery } from "../text-query.js";
import { placeOf } from "../transaction/copy-line.js";
import type { LostBackend, Proof } from "../transaction/guard.js";
import { isRefusal } from "../transaction/server-error.js";
import type { Written } from "../transaction/write.js";
import { callOut, toError } from "./call-out.js";
import type { Slice } from "./copy-writer.js";
import type { PgClient } from "./driver.js";
import type { Outcome } from "./outcome.js";
import type { Watched } from "./progress-watch.js";
import { rowFields } from "./row-fields.js";

const ONE_ROW: readonly Written[] = [{ rows: 1, updated: 0, ignored: 0 }];

/** An INSERT of a slice's only row, in a transaction that stays open. */
export class TrialInsert implements Watched {
  onProgress: () => void = noop;
  readonly isSettled = false;
  readonly isHeldBack = false;
  /** Committed means that nothing stands in the way of a commit. Never rejects. */
  readonly outcome: Promise<Outcome>;
  readonly #client: PgClient;
  readonly #proof: Proof;
  #giveUp: (error: Error) => void = noop;

  constructor(client: PgClient, proof: Proof, statement: string, slice: Slice) {
    this.#client = client;
    this.#proof = proof;
    const cut = new Promise<never>((_, reject) => {
      this.#giveUp = reject;
    });
    this.outcome = Promise.race([cut, this.#run(statement, slice)]).then(
      () => ({ kind: "committed", written: ONE_ROW, isLocalOnly: false }),
      outcomeOf,
    );
  }

  get backend(): LostBackend | undefined {
    return this.#proof.backend;
  }

  /** Ends the connection, and with it the transaction. */
  cut(error: Error): void {
    this.#giveUp(error);
    callOut(() => this.#client.connection.stream.destroy());
  }

  insistOnCut(error: Error): void {
    this.cut(error);
  }

  async #run(statement: string, slice: Slice): Promise<void> {
    await this.#client.query("BEGIN");
    for (const { sql, onRow } of this.#proof.before) {
      const { rows } = await this.#client.query(textQuery(sql));
      rows.forEach((row) => onRow?.(row));
    }
    this.onProgress();
    await this.#client.query(statement, rowFields(slice));
    this.onProgress();
    await this.#client.query("SET CONSTRAINTS ALL IMMEDIATE");
  }
}

function outcomeOf(thrown: unknown): Outcome {
  const error = toError(thrown);
  return isRefusal(error)
    ? { kind: "refused", error, place: placeOf(error.where), row: 0 }
    : { kind: "lost", error, backend: undefined, isFinal: false };
}

function noop(): void {}

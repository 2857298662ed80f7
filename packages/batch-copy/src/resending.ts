import { connectError } from "./copy/connect-error.js";
import { lend } from "./copy/connection.js";
import type { PgClient } from "./copy/driver.js";
import { checkoutUnlessAborted } from "./copy/run-copy.js";
import { idsQuery, lastIdQuery } from "./dead-letters/letter-queries.js";
import { sendLetter, type LetterOutcome, type LetterTarget } from "./dead-letters/send-letter.js";
import type { Destination } from "./delivery/destination.js";
import { dispositionOf, isForOperator } from "./delivery/disposition.js";
import type { Means } from "./delivery/means.js";
import { Health, Patience } from "./delivery/patience.js";
import { pause } from "./delivery/pause.js";
import { rowError } from "./delivery/row-error.js";
import { REPEATS_OF_RAISED } from "./delivery/trial.js";
import { EncodeError, type RowRejectedError } from "./errors.js";
import type { RefusedLetter, ResendResult } from "./resend-result.js";
import type { RowFormat } from "./table/row-format.js";
import type { TextQuery } from "./text-query.js";
import { placeOf } from "./transaction/copy-line.js";
import { isRaised, isRefusal, type PgServerError } from "./transaction/server-error.js";

/** The table of a copier, and that of its dead letters. */
export interface ResentTable {
  /** Its qualified name, quoted. */
  readonly name: string;
  readonly means: Means;
  readonly destination: Destination;
  readonly format: () => RowFormat<object>;
  readonly letterTable: string;
}

/** Sends the dead letters of a table again. */
export class Resending {
  readonly #table: ResentTable;
  readonly #where: string | undefined;
  readonly #signal: AbortSignal;
  readonly #refused: RefusedLetter[] = [];
  #sent = 0;

  /** @param where a condition as SQL about the letters */
  constructor(table: ResentTable, where: string | undefined, signal: AbortSignal) {
    this.#table = table;
    this.#where = where;
    this.#signal = signal;
  }

  /** Sends those that are there now, in the order of their ids. */
  async run(): Promise<ResendResult> {
    const { letterTable, name } = this.#table;
    const [last] = await this.#ask(lastIdQuery(letterTable, name));
    if (last !== undefined) {
      const range = { after: -(2n ** 63n), last: BigInt(last), where: this.#where };
      for (let ids = await this.#ids(range); ids.length > 0; ids = await this.#ids(range)) {
        for (const id of ids) {
          await this.#send(id);
          range.after = id;
        }
      }
    }
    return { sent: this.#sent, refused: this.#refused };
  }

  async #ids(range: Parameters<typeof idsQuery>[2]): Promise<bigint[]> {
    const { letterTable, name } = this.#table;
    const ids = await this.#ask(idsQuery(letterTable, name, range));
    return ids.map(BigInt);
  }

  /** The first column of the result. */
  async #ask(query: TextQuery): Promise<string[]> {
    const patience = this.#patience();
    while (true) {
      try {
        const { rows } = await this.#lend((client) => client.query(query));
        return rows.flatMap(([value]) => value ?? []);
      } catch (error) {
        await this.#pauseAfter(error as Error, patience);
      }
    }
  }

  async #send(id: bigint): Promise<void> {
    const patience = this.#patience();
    let mayBeCommitted = false;
    for (let attempt = 1; ; attempt++) {
      let failure: Error;
      try {
        const outcome = await this.#lend((client) =>
          sendLetter(client, id, this.#target, () => {
            mayBeCommitted = true;
          }),
        );
        if (outcome.kind === "sent") {
          this.#sent += outcome.rows;
          return;
        }
        if (outcome.kind === "gone") {
          this.#sent += mayBeCommitted ? 1 : 0;
          return;
        }
        mayBeCommitted = false;
        if (this.#isOfRow(outcome, attempt)) {
          this.#refuse(id, outcome);
          return;
        }
        failure = outcome.error;
      } catch (error) {
        failure = error as Error;
      }
      await this.#pauseAfter(failure, patience);
    }
  }

  get #target(): LetterTarget {
    const { letterTable, name, destination, format } = this.#table;
    const { insertStatement } = destination.write();
    return { letterTable, name, insertStatement, columns: format().columns };
  }

  #isOfRow({ row, error }: RefusedOutcome, attempt: number): boolean {
    if (row === undefined) {
      return false;
    }
    if (error instanceof EncodeError) {
      return true;
    }
    const disposition = dispositionOfError(error);
    return disposition === "retry"
      ? isRaised(error) && attempt >= REPEATS_OF_RAISED
      : disposition === "refuse" || disposition === "doubtful";
  }

  #refuse(id: bigint, { row = {}, error }: RefusedOutcome): void {
    if (error instanceof EncodeError) {
      this.#refused.push({ id, row, error });
      return;
    }
    const { name, format } = this.#table;
    const fate = { ...refusalOf(error), kind: "refused", isDoubtful: false } as const;
    const rejection = rowError(name, row, { ...fate, doubtful: undefined }, format());
    this.#refused.push({ id, row, error: rejection as RowRejectedError });
  }

  #patience(): Patience {
    const { retry, clock } = this.#table.means;
    return new Patience(retry, new Health(), clock);
  }

  /** Lends a connection. If it is lost, its backend must not hold the letter. */
  async #lend<Result>(work: (client: PgClient) => Promise<Result>): Promise<Result> {
    const { route, copyTimeoutMs, lostBackends } = this.#table.means;
    const connection = await checkoutUnlessAborted(route.connections, this.#signal);
    const { client, origin } = connection;
    try {
      return await lend(connection, copyTimeoutMs, work);
    } catch (error) {
      if (!isRefusal((error as Error).cause) && client.processID !== null) {
        await lostBackends.end({ pid: client.processID, xid: undefined, origin });
      }
      throw error;
    }
  }

  /** Waits before the next attempt, or throws what further attempts would not change. */
  async #pauseAfter(error: Error, patience: Patience): Promise<void> {
    this.#signal.throwIfAborted();
    const { destination, means } = this.#table;
    const { route, clock } = means;
    const answer = isRefusal(error) ? error : error.cause;
    const isLasting = isRefusal(answer)
      ? !TEMPORARY.has(dispositionOfError(answer))
      : isForOperator(error) || route.connections.isEnded;
    if (isLasting) {
      throw (
        (isRefusal(error) ? await destination.findMismatch() : undefined) ?? connectError(error)
      );
    }
    const delayMs = patience.nextDelay(false);
    if (delayMs === undefined) {
      throw connectError(error);
    }
    await pause(clock, delayMs, this.#signal);
    this.#signal.throwIfAborted();
  }
}

type RefusedOutcome = Extract<LetterOutcome, { kind: "refused" }>;

const TEMPORARY: ReadonlySet<string> = new Set(["retry", "wait"]);

function dispositionOfError(error: PgServerError): ReturnType<typeof dispositionOf> {
  return dispositionOf(refusalOf(error));
}

function refusalOf(error: PgServerError): Parameters<typeof dispositionOf>[0] {
  return { error, place: placeOf(error.where), row: 0 };
}

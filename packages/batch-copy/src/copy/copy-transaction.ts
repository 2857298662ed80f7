import type { Batch } from "../batch/batch.js";
import {
  isServerError,
  type PgClient,
  type PgConnection,
  type PgServerError,
  type Submittable,
} from "./driver.js";
import type { Outcome } from "./outcome.js";

/**
 * The header of the binary format in a CopyData message: signature, flags, length of the header
 * extension (https://www.postgresql.org/docs/current/sql-copy.html, "File Header").
 */
const HEADER: Buffer = Buffer.from("d\0\0\0\x17PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");

/** The format's trailer in a CopyData message, then CopyDone. */
const TRAILER_AND_COPY_DONE: Buffer = Buffer.from("d\0\0\0\x06\xff\xffc\0\0\0\x04", "latin1");

/**
 * One simple query is one implicit transaction
 * (https://www.postgresql.org/docs/current/protocol-flow.html, "Multiple Statements in a Simple
 * Query"). Its id is known before CopyDone is sent, so that a commit whose confirmation is lost can
 * be asked about.
 */
const TRANSACTION_ID = "SELECT pg_current_xact_id()::text";

/** "Completion unknown" of a statement, and "resolution unknown" of a transaction. */
const UNRESOLVED_STATES: ReadonlySet<string> = new Set(["40003", "08007"]);

/**
 * Writes one batch in one transaction over a client that is idle, and finds out what became of it.
 *
 * Query and CopyData go out together, without waiting for CopyInResponse: the server reads on when it
 * gets there, and drops CopyData after an ERROR (`PostgresMain` in src/backend/tcop/postgres.c).
 * CopyDone follows when the transaction's id has come back. `COPY n` and then ReadyForQuery prove the
 * commit, neither alone does. An ERROR may come at any time, and counts when ReadyForQuery has
 * followed it: a FATAL has none.
 */
export class CopyTransaction implements Submittable {
  callback?: () => void;
  readonly #client: PgClient;
  readonly #connection: PgConnection;
  readonly #statement: string;
  readonly #batch: Batch;
  readonly #resolve: (outcome: Outcome) => void;
  #nextPage = 0;
  #unfinishedWrites = 0;
  #xid: string | undefined;
  #isDoneSent = false;
  #copiedRows: number | undefined;
  #serverError: PgServerError | undefined;
  #outcome: Outcome | undefined;

  /**
   * @param statement the COPY statement
   * @returns the outcome, when it is known and no page is in use any more; never rejects
   */
  static run(client: PgClient, statement: string, batch: Batch): Promise<Outcome> {
    return new Promise((resolve) => {
      client.query(new CopyTransaction(client, statement, batch, resolve));
    });
  }

  private constructor(
    client: PgClient,
    statement: string,
    batch: Batch,
    resolve: (outcome: Outcome) => void,
  ) {
    this.#client = client;
    this.#connection = client.connection;
    this.#statement = statement;
    this.#batch = batch;
    this.#resolve = resolve;
    client.on("error", this.#onLost);
    client.on("end", this.#onLost);
  }

  submit(): void {
    const { stream } = this.#connection;
    stream.on("drain", this.#sendPages);
    stream.cork();
    this.#connection.query(`${TRANSACTION_ID}; ${this.#statement}`);
    this.#write(HEADER);
    this.#sendPages();
    stream.uncork();
  }

  handleRowDescription(): void {}

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    this.#xid = fields[0] ?? undefined;
  }

  handleCopyInResponse(): void {
    this.#sendDone();
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    // The SELECT has a tag of its own.
    const tag = /^COPY (\d+)$/.exec(text);
    if (tag !== null) {
      this.#copiedRows = Number(tag[1]);
    }
  }

  handleReadyForQuery(): void {
    if (this.#copiedRows !== undefined && this.#client.getTransactionStatus() === "I") {
      this.#settle({ kind: "committed", rows: this.#copiedRows });
    } else {
      this.#settleAsLost(new Error("the server ended the COPY without confirming a commit"));
    }
  }

  /** Called by pg for an ERROR of the server and for the loss of the connection. */
  handleError(error: Error): void {
    if (this.#outcome !== undefined || this.#serverError !== undefined) {
      return;
    }
    if (isServerError(error)) {
      this.#serverError = error;
      this.#stopSending();
      this.#connection.once("readyForQuery", () => this.#onRefused(error));
    } else {
      this.#settleAsLost(error);
    }
  }

  #onRefused(error: PgServerError): void {
    if (UNRESOLVED_STATES.has(error.code)) {
      this.#settleAsLost(error);
    } else {
      this.#settle({ kind: "refused", error });
    }
  }

  readonly #onLost = (error?: Error): void => {
    this.#settleAsLost(this.#serverError ?? error ?? new Error("the connection was closed"));
  };

  /** Sends while the socket takes it; called again when the socket has drained. */
  readonly #sendPages = (): void => {
    const { pages } = this.#batch;
    let isFlowing = true;
    while (isFlowing && this.#nextPage < pages.length) {
      isFlowing = this.#write(pages[this.#nextPage++]!.message);
    }
    this.#sendDone();
  };

  /** Asks for the commit, when all is sent and the transaction's id is known. */
  #sendDone(): void {
    const isSent = this.#nextPage === this.#batch.pages.length;
    if (isSent && this.#xid !== undefined && !this.#isDoneSent) {
      this.#isDoneSent = true;
      this.#stopSending();
      this.#write(TRAILER_AND_COPY_DONE);
    }
  }

  #stopSending(): void {
    this.#connection.stream.off("drain", this.#sendPages);
  }

  #write(bytes: Buffer): boolean {
    this.#unfinishedWrites++;
    return this.#connection.stream.write(bytes, this.#onWritten);
  }

  readonly #onWritten = (): void => {
    this.#unfinishedWrites--;
    this.#resolveIfFinished();
  };

  #settleAsLost(error: Error): void {
    // Pages that the socket still holds would keep us from ending.
    this.#connection.stream.destroy();
    if (this.#isDoneSent && this.#xid !== undefined) {
      this.#settle({ kind: "unknown", xid: this.#xid, error });
    } else {
      this.#settle({ kind: "lost", error });
    }
  }

  #settle(outcome: Outcome): void {
    if (this.#outcome !== undefined) {
      return;
    }
    this.#outcome = outcome;
    this.#client.off("error", this.#onLost);
    this.#client.off("end", this.#onLost);
    this.#stopSending();
    this.callback?.();
    this.#resolveIfFinished();
  }

  /** The pages are free when the socket has let go of them. */
  #resolveIfFinished(): void {
    if (this.#outcome !== undefined && this.#unfinishedWrites === 0) {
      this.#resolve(this.#outcome);
    }
  }
}

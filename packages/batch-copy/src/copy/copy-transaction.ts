import { EventEmitter } from "node:events";

import { now } from "../timers.js";
import { callOut, isThenable, toError } from "./call-out.js";
import { CopyWriter, type Slice } from "./copy-writer.js";
import {
  isRaised,
  isServerError,
  type PgClient,
  type PgNotice,
  type PgServerError,
  type Submittable,
} from "./driver.js";
import {
  asksAlong,
  batchQuestion,
  forgetIncarnation,
  isRefusedQuestion,
  readIncarnation,
  type Origin,
} from "./origin.js";
import type { LostBackend, Outcome } from "./outcome.js";

/** Statement completion unknown, and transaction resolution unknown. */
const UNRESOLVED_STATES: ReadonlySet<string> = new Set(["40003", "08007"]);

/** Waits for a standby, and warns if that is canceled (src/backend/replication/syncrep.c). */
const WAIT_FOR_STANDBY = "SyncRepWaitForLSN";

/** A way to write rows: the connection and the statement. */
export interface CopyTarget {
  readonly client: PgClient;
  readonly origin: Origin;
  /** The COPY statement. */
  readonly statement: string;
  readonly end: "COMMIT" | "ROLLBACK";
  /** How long it waits for a lock; undefined for as long as the session does. */
  readonly lockTimeoutMs: number | undefined;
}

/**
 * Writes rows in one transaction over an idle client, and determines its outcome.
 *
 * One simple query is one implicit transaction
 * (https://www.postgresql.org/docs/current/protocol-flow.html, "Multiple Statements in a Simple
 * Query"): it asks for the transaction's id, so that a commit whose confirmation is lost can be looked
 * up, and begins the COPY. Query and CopyData are sent together, without waiting for CopyInResponse:
 * the server reads CopyData when the COPY begins, and discards it after an ERROR (`PostgresMain` in
 * src/backend/tcop/postgres.c).
 *
 * CopyDone is sent when the transaction's id has arrived. Only `COPY n` and ReadyForQuery together
 * prove the commit. An ERROR may arrive at any time, and counts once ReadyForQuery has followed it:
 * after a FATAL there is none.
 *
 * Tracers and other wrappers of `client.query` are notified of the end as by pg's own query objects: by
 * `callback`, or by the events `end` and `error`. There is no `text`: a wrapper that adds a comment to
 * a text would pass on a new object, which is not a query object.
 */
export class CopyTransaction extends EventEmitter implements Submittable {
  callback?: (error?: Error | null, result?: object) => void;
  /** Resolves to the outcome when no message is in use any more. Never rejects. */
  readonly outcome: Promise<Outcome>;
  /** Called whenever there was progress in either direction. */
  onProgress: () => void = noop;
  readonly #target: CopyTarget;
  readonly #writer: CopyWriter;
  #resolve: (outcome: Outcome) => void = noop;
  #origin: Origin;
  #pid: number | undefined;
  #xid: string | undefined;
  #copiedRows: number | undefined;
  #isLocalOnly = false;
  #serverError: PgServerError | undefined;
  #settled: Outcome | undefined;
  #isSubmitted = false;
  #isCut = false;

  constructor(target: CopyTarget, slice: Slice) {
    super();
    const { client, origin } = target;
    this.#target = target;
    this.#origin = origin;
    this.#pid = origin.isPooled ? undefined : (client.processID ?? undefined);
    this.#writer = new CopyWriter(client.connection.stream, slice.messages, {
      onWritten: this.#onWritten,
      onFailed: this.#onFailed,
    });
    // An EventEmitter without a listener for it throws its error.
    this.on("error", noop);
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Whether the outcome is settled. The socket may still hold messages. */
  get isSettled(): boolean {
    return this.#settled !== undefined;
  }

  /** The backend that runs the transaction, if it is known. */
  get backend(): LostBackend | undefined {
    const [pid, xid, origin] = [this.#pid, this.#xid, this.#origin];
    return pid === undefined ? undefined : { pid, xid, origin };
  }

  /** Whether the connection can be used again once the transaction has been rolled back. */
  get isReusable(): boolean {
    return !this.#isCut;
  }

  /** Passes itself to the client. Whatever that throws, now or later, is a failed attempt. */
  start(): this {
    const { client } = this.#target;
    try {
      client.on("error", this.#onLost);
      client.on("end", this.#onLost);
      client.on("notice", this.#onNotice);
      const result = client.query(this);
      // A wrapper that is an async function.
      if (isThenable(result)) {
        result.then(undefined, this.#onFailed);
      }
    } catch (error) {
      this.#onFailed(error);
    }
    return this;
  }

  /** Called by pg when the client is free: once, but a wrapper may call late or twice. */
  submit(): Error | undefined {
    if (this.#isSubmitted || this.#settled !== undefined) {
      return new Error("the transaction was submitted before, or has ended");
    }
    this.#isSubmitted = true;
    const { connection } = this.#target.client;
    const { stream } = connection;
    try {
      // Streams that are not Node's may lack these.
      stream.cork?.();
      connection.query(transactionQuery(this.#target));
      this.#writer.start();
      stream.uncork?.();
      return undefined;
    } catch (error) {
      return toError(error);
    }
  }

  handleRowDescription(): void {}

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const [xid, pid, ...incarnation] = fields;
    this.#xid = xid ?? undefined;
    this.#noteBackend(Number(pid), incarnation);
    this.onProgress();
  }

  handleCopyInResponse(): void {
    this.onProgress();
    if (this.#xid !== undefined) {
      this.#writer.finish();
    }
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    // The SELECT has a tag of its own.
    const tag = /^COPY (\d+)$/.exec(text);
    if (tag !== null) {
      this.#copiedRows = Number(tag[1]);
    }
  }

  handleReadyForQuery(): void {
    try {
      const status = this.#target.client.getTransactionStatus();
      if (this.#copiedRows !== undefined && status === "I") {
        const [rows, isLocalOnly] = [this.#copiedRows, this.#isLocalOnly];
        this.#settle({ kind: "committed", rows, isLocalOnly });
      } else {
        this.cut(new Error("the server ended the COPY without confirming a commit"));
      }
    } catch (error) {
      this.#onFailed(error);
    }
  }

  /** Called by pg for an ERROR of the server and for the loss of the connection. */
  handleError(error: Error): void {
    if (this.#settled !== undefined || this.#serverError !== undefined) {
      return;
    }
    if (isServerError(error)) {
      this.#serverError = error;
      this.#writer.stop();
      this.#awaitReady(error);
    } else {
      this.cut(error);
    }
  }

  /** Closes the connection, and with it the transaction, if it can still be stopped. */
  cut(error: Error): void {
    this.#isCut = true;
    // Messages that the socket still holds would delay the outcome.
    callOut(() => this.#target.client.connection.stream.destroy());
    const { backend } = this;
    if (this.#writer.isDoneSent && backend?.xid !== undefined) {
      const doubt = { ...backend, xid: backend.xid, since: now() };
      this.#settle({ kind: "unknown", error, doubt });
    } else {
      this.#settle({ kind: "lost", error, backend, isFinal: false });
    }
  }

  /**
   * As {@link cut}. The second time, it ends although the stream still holds messages: one that was
   * destroyed before, and does not call back.
   */
  insistOnCut(error: Error): void {
    if (this.#isCut) {
      this.#writer.letGo();
      this.#resolveIfFinished();
    } else {
      this.cut(error);
    }
  }

  /** A connection that seemed to be direct may turn out to lead through a pooler. */
  #noteBackend(pid: number, incarnation: readonly (string | null)[]): void {
    if (this.#origin.isPooled || pid !== this.#pid) {
      this.#origin = {
        isPooled: true,
        backendStart: undefined,
        incarnation: readIncarnation(incarnation),
      };
    }
    this.#pid = pid;
  }

  readonly #onWritten = (): void => {
    this.onProgress();
    this.#resolveIfFinished();
  };

  readonly #onNotice = ({ routine }: PgNotice): void => {
    this.#isLocalOnly ||= routine === WAIT_FOR_STANDBY;
  };

  readonly #onLost = (error?: Error): void => {
    this.cut(this.#serverError ?? error ?? new Error("the connection was closed"));
  };

  readonly #onFailed = (error: unknown): void => {
    // After the end, the client may be in use elsewhere, and an error of a wrapper changes nothing.
    if (this.#settled === undefined) {
      this.cut(toError(error));
    }
  };

  #awaitReady(error: PgServerError): void {
    try {
      this.#target.client.connection.once("readyForQuery", () => this.#onRefused(error));
    } catch (failure) {
      this.#onFailed(failure);
    }
  }

  #onRefused(error: PgServerError): void {
    if (this.#xid === undefined && asksAlong(this.#origin) && isRefusedQuestion(error)) {
      // The COPY has not begun: the question failed, and the next batch does not ask it.
      forgetIncarnation(this.#target.client);
      this.#settle({ kind: "lost", error, backend: undefined, isFinal: false });
    } else if (UNRESOLVED_STATES.has(error.code) && !isRaised(error)) {
      this.cut(error);
    } else {
      this.#settle({ kind: "refused", error });
    }
  }

  #settle(outcome: Outcome): void {
    if (this.#settled !== undefined) {
      return;
    }
    this.#settled = outcome;
    const { client } = this.#target;
    callOut(() => {
      client.off("error", this.#onLost);
      client.off("end", this.#onLost);
      client.off("notice", this.#onNotice);
    });
    this.#writer.stop();
    callOut(() => this.#notifyWrappers(outcome));
    this.#resolveIfFinished();
  }

  #notifyWrappers(outcome: Outcome): void {
    if (outcome.kind === "committed") {
      const result = { command: "COPY", rowCount: outcome.rows, rows: [], fields: [] };
      this.callback?.(null, result);
      this.emit("end", result);
    } else {
      this.callback?.(outcome.error);
      this.emit("error", outcome.error);
    }
  }

  /** The messages can be reused when the socket has written them. */
  #resolveIfFinished(): void {
    if (this.#settled !== undefined && this.#writer.isIdle) {
      this.#resolve(this.#settled);
    }
  }
}

/**
 * A pooler must not lend the server's connection to another client after an ERROR, while CopyData is
 * still on its way: PgBouncer 1.18 does, in the middle of a message, which breaks that client's
 * connection (its pull request 1471). In an explicit transaction it waits for the ROLLBACK.
 */
function transactionQuery({ origin, statement, end, lockTimeoutMs }: CopyTarget): string {
  const query = `${batchQuestion(origin, lockTimeoutMs)}; ${statement}`;
  return origin.isPooled || end === "ROLLBACK" ? `BEGIN; ${query}; ${end}` : query;
}

function noop(): void {}

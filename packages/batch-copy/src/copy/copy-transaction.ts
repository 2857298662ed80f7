import { EventEmitter } from "node:events";

import { now } from "../timers.js";
import { Exchange, type ExchangeParts } from "../transaction/exchange.js";
import type { Gate } from "../transaction/gate.js";
import type { LostBackend } from "../transaction/guard.js";
import type { PgNotice } from "../transaction/notice.js";
import { isRaised, isServerError, type PgServerError } from "../transaction/server-error.js";
import { callOut, isThenable, toError } from "./call-out.js";
import { CopyWriter, type Slice } from "./copy-writer.js";
import type { PgClient, Submittable } from "./driver.js";
import type { Outcome } from "./outcome.js";

/** Statement completion unknown, and transaction resolution unknown. */
const UNRESOLVED_STATES: ReadonlySet<string> = new Set(["40003", "08007"]);

/** Waits for a standby, and warns if that is canceled (src/backend/replication/syncrep.c). */
const WAIT_FOR_STANDBY = "SyncRepWaitForLSN";

/** A transaction over a connection. */
export interface CopyTarget extends ExchangeParts {
  readonly client: PgClient;
  /** Opens when the commit may be requested. */
  readonly gate: Gate;
}

/**
 * Writes rows in one transaction over an idle client, and determines its outcome.
 *
 * One simple query is one implicit transaction
 * (https://www.postgresql.org/docs/current/protocol-flow.html, "Multiple Statements in a Simple
 * Query"): it says what the guard needs, so that a commit whose confirmation is lost can be looked up,
 * and what the writes consist of, with one COPY for each table. Query and CopyData are sent together,
 * without waiting for CopyInResponse: the server reads CopyData when its COPY begins, and discards it
 * after an ERROR (`PostgresMain` in src/backend/tcop/postgres.c).
 *
 * The last CopyDone is sent when the proof is complete and the gate is open. Only the tags of all statements and
 * ReadyForQuery together prove the commit. An ERROR may arrive at any time, and counts once
 * ReadyForQuery has followed it: after a FATAL there is none.
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
  readonly #exchange: Exchange;
  readonly #rows: readonly number[];
  #isLocalOnly = false;
  #serverError: PgServerError | undefined;
  #settled: Outcome | undefined;
  #isSubmitted = false;
  #isCut = false;
  #isWithdrawn = false;
  #stopWaiting: () => void = noop;

  /** @param slices what the COPY of each table writes */
  constructor(target: CopyTarget, slices: readonly Slice[]) {
    super();
    this.#target = target;
    this.#rows = slices.map(({ rows }) => rows);
    this.#exchange = new Exchange(target);
    this.#writer = new CopyWriter(target.client.connection.stream, slices, {
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

  /** Whether there is nothing to do until its time to commit has come. */
  get isHeldBack(): boolean {
    return !this.#target.gate.isOpen && this.#writer.isIdle;
  }

  /** The backend that runs the transaction, if it is known. */
  get backend(): LostBackend | undefined {
    return this.#target.proof.backend;
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
      connection.query(this.#exchange.script.text);
      this.#writer.start();
      this.#stopWaiting = this.#target.gate.wait((isOpen) => {
        if (isOpen) {
          this.#finishIfAllowed();
        } else {
          this.#withdraw();
        }
      });
      // Without a question of the guard, all is said at once, in one round trip.
      this.#finishIfAllowed();
      if (!this.#target.gate.mayBegin) {
        // It has been closed since the attempt began, while this waited for a connection.
        this.#withdraw();
      }
      stream.uncork?.();
      return undefined;
    } catch (error) {
      return toError(error);
    }
  }

  handleRowDescription(): void {}

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    this.#exchange.script.onRow(fields);
    this.onProgress();
  }

  handleCopyInResponse(): void {
    this.onProgress();
    this.#finishIfAllowed();
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#exchange.script.onTag(text);
    this.onProgress();
  }

  handleReadyForQuery(): void {
    try {
      const isEnded = this.#target.client.getTransactionStatus() === "I";
      if (isEnded && this.#exchange.script.isAnswered) {
        const written = this.#exchange.conclude();
        this.#settle({ kind: "committed", written, isLocalOnly: this.#isLocalOnly });
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

  #finishIfAllowed(): void {
    const { proof, gate } = this.#target;
    if (proof.isComplete && gate.isOpen && !this.#isWithdrawn) {
      this.#writer.finish();
    }
  }

  #withdraw(): void {
    this.#isWithdrawn = true;
    this.#writer.fail();
  }

  /** Closes the connection, and with it the transaction, if it can still be stopped. */
  cut(error: Error): void {
    this.#isCut = true;
    // Messages that the socket still holds would delay the outcome.
    callOut(() => this.#target.client.connection.stream.destroy());
    const { doubt, backend } = this.#target.proof;
    if (this.#writer.isDoneSent && doubt !== undefined) {
      this.#settle({ kind: "unknown", error, doubt, since: now() });
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

  readonly #onWritten = (): void => {
    this.onProgress();
    this.#resolveIfFinished();
  };

  readonly #onNotice = (notice: PgNotice): void => {
    this.#isLocalOnly ||= notice.routine === WAIT_FOR_STANDBY;
    this.#exchange.onNotice(notice);
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
    const { proof } = this.#target;
    const aboutGuard = proof.explain(error);
    if (aboutGuard === "stopped") {
      this.#settle({ kind: "stopped", error, doubt: proof.doubt!, since: now() });
    } else if (aboutGuard === "again" || this.#isWithdrawn) {
      this.#settle({ kind: "withdrawn", error });
    } else if (UNRESOLVED_STATES.has(error.code) && !isRaised(error)) {
      this.cut(error);
    } else {
      this.#settle({ kind: "refused", ...this.#exchange.refusal(error, this.#rows) });
    }
  }

  #settle(outcome: Outcome): void {
    if (this.#settled !== undefined) {
      return;
    }
    this.#settled = outcome;
    const { client, proof } = this.#target;
    if (outcome.kind !== "unknown" && outcome.kind !== "stopped") {
      proof.end(outcome.kind === "committed");
    }
    callOut(() => {
      client.off("error", this.#onLost);
      client.off("end", this.#onLost);
      client.off("notice", this.#onNotice);
    });
    this.#writer.stop();
    this.#stopWaiting();
    callOut(() => this.#notifyWrappers(outcome));
    this.#resolveIfFinished();
  }

  #notifyWrappers(outcome: Outcome): void {
    if (outcome.kind === "committed") {
      const rowCount = outcome.written.reduce((sum, { rows }) => sum + rows, 0);
      const result = { command: "COPY", rowCount, rows: [], fields: [] };
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

function noop(): void {}

import type { Clock } from "../batch/clock.js";
import { endBackend } from "../copy/backend.js";
import type { Slice } from "../copy/copy-writer.js";
import { isServerError, type PgServerError } from "../copy/driver.js";
import { inquire, type Answer } from "../copy/inquiry.js";
import type { Doubt, LostBackend, Outcome } from "../copy/outcome.js";
import { StalledError } from "../copy/progress-watch.js";
import { runCopy, type CopyRoute } from "../copy/run-copy.js";
import {
  commitChannel,
  inDoubtChannel,
  retryChannel,
  type BatchMessage,
  type CommitMessage,
  type InDoubtMessage,
  type RetryMessage,
} from "../diagnostics.js";
import type { Alarm } from "./alarm.js";
import { dispositionOf } from "./disposition.js";
import type { Fate } from "./fate.js";
import { Patience, type Health, type RetrySettings } from "./patience.js";
import { pause, unlessAborted } from "./pause.js";

/** What all runs of a copier share. */
export interface Means {
  readonly route: CopyRoute;
  /** The table's qualified name. */
  readonly table: string;
  readonly retry: RetrySettings;
  readonly copyTimeoutMs: number;
  readonly onInDoubt: "retry" | "reject";
  readonly clock: Clock;
  readonly health: Health;
  readonly alarm: Alarm;
  readonly counts: RunCounts;
  /** Looks at the table again, and says what does not fit any more. */
  readonly findMismatch: () => Promise<Error | undefined>;
}

export interface RunCounts {
  retries: number;
  inDoubtCommitted: number;
  inDoubtAborted: number;
  inDoubtUnknown: number;
}

/** After so many cancellations of one slice it is likely that none will get through. */
const CANCELLATIONS_TO_WARN = 3;
const QUERY_CANCELED = "57014";
const DATATYPE_MISMATCH = "42804";
/** `copyTimeoutMs` is doubled at most so often: by then it is some weeks. */
const MAX_DOUBLINGS = 15;

/** What went before, for the rows of a batch that was refused. */
export interface History {
  /** A transaction with the rows that may have been committed. */
  readonly doubtfulXid?: string | undefined;
  /**
   * That the rows were refused with an error that may have nothing to do with them, when so many
   * transactions had been begun: they are tried until they are committed, or until they are refused
   * again after others, begun since, were committed.
   */
  readonly suspectSince?: number | undefined;
}

/** Tries to write a slice until its fate is known. */
export class SliceRun {
  readonly #means: Means;
  readonly #slice: Slice;
  readonly #signal: AbortSignal;
  readonly #suspectSince: number | undefined;
  readonly #patience: Patience;
  readonly #startedAt: number;
  #attempt = 0;
  /** The number of the attempt among those of all lanes. */
  #transaction = 0;
  #stalls = 0;
  #cancellations = 0;
  #doubtfulXid: string | undefined;

  constructor(means: Means, slice: Slice, signal: AbortSignal, history: History = {}) {
    this.#means = means;
    this.#slice = slice;
    this.#signal = signal;
    this.#suspectSince = history.suspectSince;
    this.#doubtfulXid = history.doubtfulXid;
    this.#patience = new Patience(means.retry, means.health, means.clock);
    this.#startedAt = means.clock.now();
  }

  async run(): Promise<Fate> {
    const { route, copyTimeoutMs } = this.#means;
    let fate: Fate | undefined;
    while (fate === undefined) {
      this.#attempt++;
      this.#transaction = this.#means.health.begin();
      const timeoutMs = copyTimeoutMs * 2 ** this.#stalls;
      fate = await this.#judge(await runCopy(route, this.#slice, timeoutMs, this.#signal));
    }
    return fate;
  }

  /** The fate, or undefined after the pause before another attempt. */
  #judge(outcome: Outcome): Fate | Promise<Fate | undefined> {
    switch (outcome.kind) {
      case "committed":
        return this.#commit(outcome.rows, outcome.isLocalOnly);
      case "refused":
        return this.#onRefused(outcome.error);
      case "lost":
        return this.#onLost(outcome.error, outcome.backend);
      case "unknown":
        return this.#onUnknown(outcome.error, outcome.doubt);
    }
  }

  #commit(rows: number, isLocalOnly: boolean): Fate {
    const { health, alarm } = this.#means;
    health.noteCommit(this.#transaction);
    if (isLocalOnly) {
      alarm.sound(`${this.#means.table}: committed without waiting for the synchronous standby`);
    } else {
      alarm.end();
    }
    if (commitChannel.hasSubscribers) {
      const message: CommitMessage = { ...this.#message, rowsCommitted: rows, isLocalOnly };
      commitChannel.publish(message);
    }
    return { kind: "committed", rows };
  }

  async #onRefused(error: PgServerError): Promise<Fate | undefined> {
    switch (dispositionOf(error.code)) {
      case "refuse":
        return this.#refuse(error, false);
      case "suspect":
        return this.#onSuspect(error);
      case "retry":
        this.#noteCancellation(error);
        return this.#retry(error, false);
      case "hold":
        return this.#retry((await this.#findMismatch()) ?? error, true);
    }
  }

  async #onSuspect(error: PgServerError): Promise<Fate | undefined> {
    const mismatch = error.code === DATATYPE_MISMATCH ? await this.#findMismatch() : undefined;
    if (mismatch !== undefined) {
      return this.#retry(mismatch, true);
    }
    if (this.#suspectSince === undefined) {
      return this.#refuse(error, true);
    }
    const othersPass = this.#means.health.hasCommittedAfter(this.#suspectSince);
    return othersPass ? this.#refuse(error, false) : this.#retry(error, true);
  }

  #findMismatch(): Promise<Error | undefined> {
    return unlessAborted(this.#means.findMismatch(), this.#signal);
  }

  #refuse(error: PgServerError, isSuspect: boolean): Fate {
    return { kind: "refused", error, isSuspect, doubtfulXid: this.#doubtfulXid };
  }

  #noteCancellation({ code, message }: PgServerError): void {
    if (code === QUERY_CANCELED && ++this.#cancellations >= CANCELLATIONS_TO_WARN) {
      this.#means.alarm.sound(
        `${this.#means.table}: ${message} (${this.#cancellations} times); a statement_timeout that is shorter than a batch takes never lets it through`,
      );
    }
  }

  async #onLost(error: Error, backend: LostBackend | undefined): Promise<Fate | undefined> {
    if (error instanceof StalledError && this.#stalls < MAX_DOUBLINGS) {
      this.#stalls++;
    }
    // A server that said why it ended the connection has no backend for it any more.
    if (backend !== undefined && !isServerError(error) && !this.#signal.aborted) {
      await this.#endBackend(backend);
    }
    return this.#retry(error, isForOperator(error));
  }

  /** The server may not have noticed the loss. If it cannot be asked, the next attempt will show. */
  async #endBackend(backend: LostBackend): Promise<void> {
    try {
      await this.#means.route.connections.useNew((client) => endBackend(client, backend));
    } catch {}
  }

  async #onUnknown(error: Error, doubt: Doubt): Promise<Fate | undefined> {
    const resolution = await this.#resolve(doubt);
    if (inDoubtChannel.hasSubscribers) {
      const { xid } = doubt;
      const message: InDoubtMessage = { ...this.#message, xid, error, resolution };
      inDoubtChannel.publish(message);
    }
    const { counts, onInDoubt } = this.#means;
    switch (resolution) {
      case "committed":
        counts.inDoubtCommitted++;
        return this.#commit(this.#slice.rows, false);
      case "aborted":
        counts.inDoubtAborted++;
        return this.#retry(error, false);
      case "unknown":
        counts.inDoubtUnknown++;
        this.#doubtfulXid = doubt.xid;
        return onInDoubt === "reject" ? this.#giveUp(error) : this.#retry(error, false);
    }
  }

  /** Asks about a doubt until there is an answer, or patience is over. */
  async #resolve(doubt: Doubt): Promise<Exclude<Answer, "pending">> {
    const { clock } = this.#means;
    while (!this.#signal.aborted) {
      const answer = await this.#ask(doubt);
      if (answer !== "pending") {
        return answer;
      }
      const delay = this.#patience.nextDelay(false);
      if (delay === undefined) {
        break;
      }
      await pause(clock, delay, this.#signal);
    }
    return "unknown";
  }

  async #ask(doubt: Doubt): Promise<Answer> {
    const { alarm, route, table } = this.#means;
    try {
      return await route.connections.useNew((client) => inquire(client, doubt));
    } catch (error) {
      if (isForOperator(error as Error)) {
        const { message } = error as Error;
        alarm.sound(
          `${table}: a commit is in doubt, and asked about until this is mended: ${message}`,
        );
      }
      return "pending";
    }
  }

  /** Pauses before the next attempt, if there is to be one. */
  async #retry(error: Error, isHeld: boolean): Promise<Fate | undefined> {
    const { alarm, clock, counts, table } = this.#means;
    const delayMs = this.#signal.aborted ? undefined : this.#patience.nextDelay(isHeld);
    if (delayMs === undefined) {
      return this.#giveUp(this.#signal.aborted ? (this.#signal.reason as Error) : error);
    }
    counts.retries++;
    if (isHeld) {
      alarm.sound(
        `${table}: rows are kept and tried again, until this is mended: ${error.message}`,
      );
    }
    if (retryChannel.hasSubscribers) {
      const message: RetryMessage = { ...this.#message, error, delayMs, isHeld };
      retryChannel.publish(message);
    }
    await pause(clock, delayMs, this.#signal);
    return this.#signal.aborted ? this.#giveUp(this.#signal.reason as Error) : undefined;
  }

  #giveUp(error: Error): Fate {
    const xid = this.#doubtfulXid;
    return xid === undefined ? { kind: "lost", error } : { kind: "unknown", error, xid };
  }

  get #message(): BatchMessage {
    const { clock, table } = this.#means;
    const { rows, bytes } = this.#slice;
    const durationMs = clock.now() - this.#startedAt;
    return { table, rows, bytes, attempt: this.#attempt, durationMs };
  }
}

/** Whether the server turned the connection away until somebody mends something. */
function isForOperator(error: Error): boolean {
  const answer = error.cause instanceof Error ? error.cause : error;
  return isServerError(answer) && dispositionOf(answer.code) === "hold";
}

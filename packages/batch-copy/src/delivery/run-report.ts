import type { OpenOutcome } from "../copy/outcome.js";
import {
  commitChannel,
  inDoubtChannel,
  retryChannel,
  type BatchMessage,
  type CommitMessage,
  type InDoubtMessage,
  type RetryMessage,
} from "../diagnostics.js";
import {
  isRaised,
  isServerError,
  QUERY_CANCELED,
  type PgServerError,
} from "../transaction/server-error.js";
import type { TableWritten } from "./fate.js";
import type { Load } from "./load.js";
import type { Means } from "./means.js";
import type { Resolution } from "./resolve-doubt.js";

/** Consecutive cancellations of one slice after which further attempts are likely to be canceled, too. */
const CANCELLATIONS_TO_WARN = 3;
/** With the defaults after some 20 seconds: most temporary problems are over by then. */
const ATTEMPTS_TO_WARN = 10;
const LOCAL_ONLY = "a batch was committed without waiting for the synchronous standby";
const WRITTEN_AGAIN =
  'the outcome of a commit is unknown; its rows are written again (onInDoubt: "retry") and may be duplicated';

const COUNTS = {
  committed: "inDoubtCommitted",
  aborted: "inDoubtAborted",
  unknown: "inDoubtUnknown",
} as const;

/** Tells statistics, diagnostics channels and the operator what happens to a slice. */
export class RunReport {
  readonly #means: Means;
  readonly #startedAt: number;
  #attempt = 0;
  #load: Pick<Load, "rows" | "bytes"> = { rows: 0, bytes: 0 };

  constructor(means: Means) {
    this.#means = means;
    this.#startedAt = means.clock.now();
  }

  /** Another attempt begins. */
  attempt(load: Load): void {
    this.#attempt++;
    this.#load = load;
  }

  committed(written: readonly TableWritten[], isLocalOnly: boolean): void {
    this.#means.health.noteCommit();
    this.#means.counts.batchesCommitted++;
    if (isLocalOnly) {
      this.#warn("local only", LOCAL_ONLY);
    }
    if (commitChannel.hasSubscribers) {
      const rowsCommitted = written.reduce((sum, ofTable) => sum + ofTable.written.rows, 0);
      const message: CommitMessage = { ...this.#message, rowsCommitted, isLocalOnly };
      commitChannel.publish(message);
    }
  }

  /** @param repeats how often in succession the error has occurred */
  refused(error: PgServerError, repeats: number): void {
    const isCanceled = error.code === QUERY_CANCELED && !isRaised(error);
    if (isCanceled && repeats >= CANCELLATIONS_TO_WARN) {
      const question = `${repeats} times in a row: is statement_timeout too short?`;
      this.#warn(error.code, `${error.message}, ${question}`);
    }
  }

  resolved({ error, doubt }: OpenOutcome, resolution: Resolution): void {
    this.#means.counts[COUNTS[resolution]]++;
    if (inDoubtChannel.hasSubscribers) {
      const { xid, source } = doubt;
      const message: InDoubtMessage = { ...this.#message, xid, source, error, resolution };
      inDoubtChannel.publish(message);
    }
  }

  /** Another attempt follows. */
  retrying(error: Error, delayMs: number, isHeld: boolean): void {
    this.#means.counts.retries++;
    if (isHeld || this.#attempt >= ATTEMPTS_TO_WARN) {
      const message = `rows are kept and sent again until this is fixed: ${error.message}`;
      this.#warn(kindOf(error), message);
    }
    if (retryChannel.hasSubscribers) {
      const message: RetryMessage = { ...this.#message, error, delayMs, isHeld };
      retryChannel.publish(message);
    }
  }

  /** Rows are written again that may be in the table. */
  writingAgain(): void {
    this.#warn("written again", WRITTEN_AGAIN);
  }

  #warn(kind: string, message: string): void {
    this.#means.alarm.sound(kind, `${this.#means.table}: ${message}`);
  }

  get #message(): BatchMessage {
    const { clock, table } = this.#means;
    const { rows, bytes } = this.#load;
    const durationMs = clock.now() - this.#startedAt;
    return { table, rows, bytes, attempt: this.#attempt, durationMs };
  }
}

/** Problems are of the same kind if they have the same SQLSTATE or the same error name. */
function kindOf(error: Error): string {
  return isServerError(error) ? error.code : error.name;
}

import { channel, type Channel } from "node:diagnostics_channel";

import type { TransactionInDoubt } from "./errors.js";

/**
 * A batch, or a part of one that is sent on its own because the server rejected rows of the batch. The
 * messages about attempts to write it have these fields.
 */
export interface BatchMessage {
  /** The table's qualified name, quoted. */
  readonly table: string;
  readonly rows: number;
  /** Encoded bytes. */
  readonly bytes: number;
  /** The number of the attempt, starting at 1. */
  readonly attempt: number;
  /** Milliseconds since the first attempt began. */
  readonly durationMs: number;
}

/** `batch-copy:commit`: the batch is committed. */
export interface CommitMessage extends BatchMessage {
  /** Fewer than `rows` if a trigger of the table skipped some. */
  readonly rowsCommitted: number;
  /** Whether the wait for a synchronous standby was canceled: the rows are committed on the primary only. */
  readonly isLocalOnly: boolean;
}

/** `batch-copy:retry`: an attempt failed, and another one follows. */
export interface RetryMessage extends BatchMessage {
  readonly error: Error;
  /** Milliseconds until the next attempt. */
  readonly delayMs: number;
  /** Whether an operator has to fix something first: a privilege, the table, a password. */
  readonly isHeld: boolean;
}

/** `batch-copy:reject`: rows are returned to their senders, each with its own error. */
export interface RejectMessage {
  readonly table: string;
  readonly rows: number;
  /** The server's error, or the reason why the rows did not reach it. */
  readonly error: Error;
}

/** `batch-copy:in-doubt`: the connection was lost during a commit, which was then looked up. */
export interface InDoubtMessage extends BatchMessage, TransactionInDoubt {
  /** Why the connection was lost. */
  readonly error: Error;
  readonly resolution: "committed" | "aborted" | "unknown";
}

/** `batch-copy:sync`: rows were made durable in the spool. */
export interface SyncMessage {
  /** The spool's directory. */
  readonly directory: string;
  readonly rows: number;
  /** Encoded bytes. */
  readonly bytes: number;
  /** Milliseconds of writing and syncing, with waits for room on the disk. */
  readonly durationMs: number;
}

/** `batch-copy:spool-trouble`: the spool needs attention. The process gets a warning as well, once a minute. */
export interface SpoolTroubleMessage {
  /** The spool's directory. */
  readonly directory: string;
  /**
   * `full`, `failed`, `segment`, `removal` are about files; others name what could not be done, as far as
   * possible with its table: `full "public"."events"` is a table that holds its share of `maxBytes`.
   */
  readonly kind: string;
  readonly error: Error;
}

/**
 * The channels of `node:diagnostics_channel` for logs, metrics and traces. Messages are created only
 * while their channel has subscribers.
 *
 * @example
 * import { subscribe } from "node:diagnostics_channel";
 * import type { RetryMessage } from "batch-copy";
 * subscribe("batch-copy:retry", (message) => {
 *   const { table, attempt, error } = message as RetryMessage;
 *   console.warn(`${table}: attempt ${attempt} failed: ${error.message}`);
 * });
 */
export interface DiagnosticsChannels {
  readonly commit: CommitMessage;
  readonly retry: RetryMessage;
  readonly reject: RejectMessage;
  readonly inDoubt: InDoubtMessage;
  readonly sync: SyncMessage;
  readonly spoolTrouble: SpoolTroubleMessage;
}

export const commitChannel: Channel = channel("batch-copy:commit");
export const retryChannel: Channel = channel("batch-copy:retry");
export const rejectChannel: Channel = channel("batch-copy:reject");
export const inDoubtChannel: Channel = channel("batch-copy:in-doubt");
export const syncChannel: Channel = channel("batch-copy:sync");
export const spoolTroubleChannel: Channel = channel("batch-copy:spool-trouble");

import { channel, type Channel } from "node:diagnostics_channel";

/**
 * A batch, or the part of one that is sent by itself because the batch holds refused rows. All
 * messages of the channels have these fields.
 */
export interface BatchMessage {
  /** The table's qualified name, quoted. */
  readonly table: string;
  readonly rows: number;
  /** Encoded bytes. */
  readonly bytes: number;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** Milliseconds since the first attempt began. */
  readonly durationMs: number;
}

/** `batch-copy:commit`: the batch is in the table. */
export interface CommitMessage extends BatchMessage {
  /** Fewer than `rows` if a trigger of the table left some out. */
  readonly rowsCommitted: number;
  /** Whether the wait for a synchronous standby was cut short: the primary alone has the rows. */
  readonly isLocalOnly: boolean;
}

/** `batch-copy:retry`: an attempt failed, and there will be another. */
export interface RetryMessage extends BatchMessage {
  readonly error: Error;
  /** Milliseconds until the next attempt. */
  readonly delayMs: number;
  /** Whether an operator has to mend something first: a privilege, the table, a password. */
  readonly isHeld: boolean;
}

/** `batch-copy:reject`: rows are handed back, each with an error of its own. */
export interface RejectMessage {
  readonly table: string;
  readonly rows: number;
  /** What the server said, or what stood in the way to it. */
  readonly error: Error;
}

/** `batch-copy:in-doubt`: a commit was cut off, and the server was asked about it. */
export interface InDoubtMessage extends BatchMessage {
  /** The transaction, as for `pg_xact_status`. */
  readonly xid: string;
  /** What cut the commit off. */
  readonly error: Error;
  readonly resolution: "committed" | "aborted" | "unknown";
}

/**
 * What happens to batches, for logs, metrics and traces, by `node:diagnostics_channel`. A message is
 * made only while somebody is subscribed to its channel.
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
}

export const commitChannel: Channel = channel("batch-copy:commit");
export const retryChannel: Channel = channel("batch-copy:retry");
export const rejectChannel: Channel = channel("batch-copy:reject");
export const inDoubtChannel: Channel = channel("batch-copy:in-doubt");

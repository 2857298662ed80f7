import type { Clock } from "../batch/clock.js";
import type { LostBackends } from "../copy/lost-backends.js";
import type { CopyRoute } from "../copy/run-copy.js";
import type { Alarm } from "./alarm.js";
import type { Health, RetrySettings } from "./patience.js";

/** The settings and services that all runs of a copier share. */
export interface Means {
  readonly route: CopyRoute;
  /** How long a transaction waits for a lock; undefined for as long as the session does. */
  readonly lockTimeoutMs: number | undefined;
  /** The number of connections that write batches. */
  readonly sessions: number;
  readonly lostBackends: LostBackends;
  /** The table's qualified name. */
  readonly table: string;
  readonly retry: RetrySettings;
  readonly copyTimeoutMs: number;
  readonly onInDoubt: "retry" | "reject";
  readonly clock: Clock;
  readonly health: Health;
  readonly alarm: Alarm;
  readonly counts: RunCounts;
  /** Called if the server has forgotten rows that were confirmed. */
  readonly onForgotten: (rows: number) => void;
}

/** What the runs of a copier count. */
export interface RunCounts {
  batchesCommitted: number;
  retries: number;
  inDoubtCommitted: number;
  inDoubtAborted: number;
  inDoubtUnknown: number;
  rowsForgotten: number;
}

/** The counts in the beginning. */
export function zeroRunCounts(): RunCounts {
  return {
    batchesCommitted: 0,
    retries: 0,
    inDoubtCommitted: 0,
    inDoubtAborted: 0,
    inDoubtUnknown: 0,
    rowsForgotten: 0,
  };
}

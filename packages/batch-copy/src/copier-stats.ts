import type { SpoolStats } from "./spool-stats.js";

/** What a copier has done so far. */
export interface CopierStats {
  /** Rows accepted by `send`, `sendMany` or `insert`. */
  readonly rowsAccepted: number;
  /** Rows committed: inserted, or used to update a row. */
  readonly rowsCommitted: number;
  /**
   * How many of them updated a row because of a conflict; the others were inserted. The server does not
   * say it for partitioned and foreign tables, and not with `track_counts = off`: there it is 0.
   */
  readonly rowsUpdated: number;
  /** Rows that a conflict made ignored, because of `update: "nothing"` or `where`. */
  readonly rowsIgnored: number;
  /** Rows that a trigger of the table skipped in a committed batch. */
  readonly rowsSkipped: number;
  /** Rows that are not in the table: rejected by the server, or undelivered. */
  readonly rowsRejected: number;
  /** Rows whose outcome is unknown: the connection was lost during the commit. */
  readonly rowsInDoubt: number;
  /** Rows accepted whose outcome is still open. */
  readonly rowsBuffered: number;
  /** Encoded bytes of the batches that hold the buffered rows. */
  readonly bytesBuffered: number;
  /** Encoded bytes of the rows that wait for room; they are not in `bytesBuffered`. */
  readonly bytesWaiting: number;
  /** Transactions committed. */
  readonly batchesCommitted: number;
  /** Attempts that followed a failed one. */
  readonly retries: number;
  /** Commits during which the connection was lost, and which turned out to have succeeded. */
  readonly inDoubtCommitted: number;
  /** Commits during which the connection was lost, and which turned out to be rolled back. */
  readonly inDoubtAborted: number;
  /** Commits during which the connection was lost, and whose outcome is unknown; see `onInDoubt`. */
  readonly inDoubtUnknown: number;
  /**
   * Rows that were committed, and that are known to be gone: with `ledger`, a failover to a server that
   * did not have them yet, or a restored backup, is noticed by the next commit.
   */
  readonly rowsForgotten: number;
  /** With the option `spool`, what is on disk: of all tables of a group. */
  readonly spool?: SpoolStats | undefined;
}

/**
 * What a group has done so far: the sums over all tables, closed ones included. Transactions, retries and
 * bytes of `group.source()` are those of no single table, and in the sums only.
 */
export interface GroupStats extends CopierStats {
  /** The statistics of each open table, by its qualified name. */
  readonly tables: ReadonlyMap<string, CopierStats>;
}

/** What can be added up. */
type Counts = Omit<CopierStats, "spool">;

/** The statistics of what has done nothing. */
export const NO_STATS: Counts = Object.freeze({
  rowsAccepted: 0,
  rowsCommitted: 0,
  rowsUpdated: 0,
  rowsIgnored: 0,
  rowsSkipped: 0,
  rowsRejected: 0,
  rowsInDoubt: 0,
  rowsBuffered: 0,
  bytesBuffered: 0,
  bytesWaiting: 0,
  batchesCommitted: 0,
  retries: 0,
  inDoubtCommitted: 0,
  inDoubtAborted: 0,
  inDoubtUnknown: 0,
  rowsForgotten: 0,
});

/** The sums of all counts. */
export function sumOfStats(list: Iterable<Counts>): Counts {
  const sum: { -readonly [Name in keyof Counts]: number } = { ...NO_STATS };
  for (const stats of list) {
    for (const name of Object.keys(sum) as (keyof Counts)[]) {
      sum[name] += stats[name];
    }
  }
  return sum;
}

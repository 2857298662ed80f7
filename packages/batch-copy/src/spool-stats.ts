/** What a spool has done so far, and what is in it. */
export interface SpoolStats {
  /** Rows of this process that are on disk and not committed yet. */
  readonly rows: number;
  /**
   * Bytes of the files of this process, and of those that it writes for former lives, with rows that are
   * committed and not removed yet.
   */
  readonly bytes: number;
  /** For how many milliseconds the oldest of these rows has been on disk, to the second; 0 for none. */
  readonly oldestRowMs: number;
  /** How often rows were synced. */
  readonly syncs: number;
  /** Streams of former lives, or of processes that have died, which are being written by this one. */
  readonly streamsAdopted: number;
}

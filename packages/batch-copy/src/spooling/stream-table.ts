import type { Batch } from "../batch/batch.js";
import type { OwnSource } from "../source/own-source.js";
import type { RowsToStore } from "../spool/group.js";

/** Rows that are being made durable. */
export interface TakenRows {
  readonly batch: Batch;
  readonly rows: RowsToStore;
  /** Whether they are written also if there is no room on disk. */
  readonly mayExceed: boolean;
}

/** A table whose rows are in the stream. */
export interface StreamTable {
  /** Its qualified name, quoted. */
  readonly name: string;
  /** Its source in the ledger; undefined before it is claimed. */
  readonly source: OwnSource | undefined;
  /** Whether nothing will be sent to it any more. */
  readonly isClosed: boolean;
  /** How many of its rows are durable. */
  readonly storedRows: number;
  /** About how many bytes on disk those of them take that are not known to be committed. */
  readonly heldBytes: number;
  /** Since when the oldest of its rows has been durable that is not committed; undefined without any. */
  readonly waitingSince: number | undefined;
  /** Begins to write to the stream of now. */
  begin(): void;
  /** Claims its source in the ledger, however long that takes. */
  claim(): Promise<void>;
  /** Ends to write to the stream before: what is not committed is left there. */
  leave(reason: Error): void;
  /**
   * The next rows to make durable; undefined if there are none.
   *
   * @param hasRoom asked whether there is room on disk, unless rows cannot wait for that
   */
  take(hasRoom: (bytes: number) => boolean): TakenRows | undefined;
  /** Resolves when what it has gathered is durable, or refused. */
  flushGathered(): Promise<void>;
  /** Called when the stream was left: what becomes of its rows that are not committed. */
  moved(fate: Promise<Error | undefined>): void;
  /** Called when the rows of a batch are durable. */
  stored(batch: Batch): void;
  /** Called when rows could not be made durable: those of the batch, if they were this table's. */
  fail(taken: Batch | undefined, error: Error): void;
}

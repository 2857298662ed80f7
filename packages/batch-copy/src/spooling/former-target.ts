import type { OwnSource } from "../source/own-source.js";
import type { FrameReader } from "../spool/frame-reader.js";
import type { StoredForm } from "../spool/stored-form.js";

/** Rows of one table that a former life has left. */
export interface FormerRows {
  /** The name of their source in the ledger. */
  readonly name: string;
  readonly firstRow: number;
  /** The number after that of the last one. */
  readonly endRow: number;
  /** Whether the ledger is known to have had the source. */
  readonly wasClaimed: boolean;
  /** Notes that it has. */
  readonly noteClaim: () => Promise<void>;
  /** Reads from the frame on that has a row. */
  readonly readFrom: (row: number) => FrameReader;
}

/** A table that rows of former lives are written to. */
export interface FormerTable {
  /**
   * Adds rows of a former life, which are written before those of this one.
   *
   * @throws SpoolError if the ledger does not fit to what is on disk
   */
  adopt(rows: FormerRows): Promise<OwnSource>;
}

/** Where rows of former lives are written to. */
export interface FormerTarget {
  /** The table that rows of a form are written to. */
  of(form: StoredForm): Promise<FormerTable>;
  /** Gives up what is not written; it stays on disk. */
  abandon(message: string): void;
}

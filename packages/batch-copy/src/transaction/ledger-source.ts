import type { Incarnation } from "./incarnation.js";

/** A source of the ledger, as its owner knows it. */
export interface LedgerSource {
  readonly name: string;
  /** The uuid by which the ledger knows this owner. */
  readonly owner: string;
  /** The first position that is not known to be committed. */
  readonly position: bigint;
  /** Whether it must not be used any more. */
  readonly isEnded: boolean;
  /** All uuids by which it has claimed the source, or has tried to. */
  readonly owners: readonly string[];
  /** Called before it is claimed with another uuid: nobody may ever know whether that was committed. */
  claiming(owner: string): void;
  /** Called when that is committed. */
  claimed(owner: string): void;
  /** Called when the transaction that moves it to this position is committed. */
  reach(position: bigint): void;
  /**
   * Called with what the ledger says.
   *
   * @returns the position that can be relied upon; undefined if what became of transactions in doubt
   * cannot be known
   */
  learn(news: LedgerNews): bigint | undefined;
}

/** What the ledger says about a source. */
export interface LedgerNews {
  readonly row: LedgerRow | undefined;
  /** Its position when the ledger was asked: a commit may overtake the answer. */
  readonly known: bigint;
  /** The server that answered, if it says which one it is. */
  readonly server: Incarnation | undefined;
}

/** The ledger's row of a source. */
export interface LedgerRow {
  readonly owner: string;
  readonly position: bigint;
}

/** What one transaction does to a row of the ledger. */
export interface Move {
  readonly source: LedgerSource;
  readonly from: bigint;
  readonly to: bigint;
}

/** The outcomes of a table's rows so far. */
export interface RowCounts {
  rowsCommitted: number;
  rowsUpdated: number;
  rowsIgnored: number;
  rowsSkipped: number;
  rowsRejected: number;
  rowsInDoubt: number;
  /** Rows that were not written, and are kept elsewhere. */
  rowsLeft: number;
}

/** The counts in the beginning. */
export function zeroRowCounts(): RowCounts {
  return {
    rowsCommitted: 0,
    rowsUpdated: 0,
    rowsIgnored: 0,
    rowsSkipped: 0,
    rowsRejected: 0,
    rowsInDoubt: 0,
    rowsLeft: 0,
  };
}

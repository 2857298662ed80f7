/** Rows of a batch by their numbers. */
export interface ReadableRows {
  /** The row, decoded. */
  row(row: number): object;
  /** The binary form of each of its values, null for NULL. */
  fields(row: number): (Buffer | null)[];
}

/** How rows of a table were written. It is kept as JSON. */
export interface StoredForm {
  /** The table's number in the stream: its source is `spool/<stream>/<table>`. */
  readonly table: number;
  /** The table's qualified name, quoted. */
  readonly name: string;
  /** What is needed to read the rows again. The spool does not look into it. */
  readonly columns: readonly unknown[];
  /** What else is needed to write them. */
  readonly settings?: unknown;
}

/** A copy of a row with its own values and its class, for a caller that may change the row meanwhile. */
export function copyOfRow<Row extends object>(row: Row): Row {
  if (typeof row !== "object" || row === null) {
    // Not a row: the error comes when it is encoded.
    return row;
  }
  return Object.assign(Object.create(Object.getPrototypeOf(row) as object | null) as Row, row);
}

/** The name in the ledger of the source of a table, by its number in a stream. */
export function spooledSourceName(stream: string, table: number): string {
  return `spool/${stream}/${table}`;
}

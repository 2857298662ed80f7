import { invalid, shown } from "../invalid-option.js";
import { readTableName, type TableName } from "./table-name.js";

/** The name of the ledger, if none is given. */
export const DEFAULT_LEDGER = "batch_copy_ledger";

/**
 * The name of a ledger.
 *
 * @param name as SQL reads it
 * @param what how a message calls it
 * @throws BatchCopyError with code `INVALID_OPTION` if SQL does not read it as the name of a table.
 */
export function ledgerName(name: unknown, what: string): TableName {
  const parts = typeof name === "string" ? readTableName(name) : undefined;
  if (parts === undefined) {
    throw invalid(
      `${what} must be the name of a table as SQL reads it, such as "app.ledger", got ${shown(name)}`,
    );
  }
  return parts;
}

import { checkCallOptions } from "../call-options.js";
import { quoteQualified } from "../codecs/identifier.js";
import { askCatalog, type Queryable } from "../table/ask-catalog.js";
import { mismatch } from "../table/mismatch.js";
import { isServerAnswer } from "../table/server-answer.js";
import { DEFAULT_LEDGER, ledgerName } from "./ledger-name.js";

/** Which ledger a call is about. */
export interface LedgerCallOptions {
  /**
   * The name of the ledger's table as SQL reads it: `"app.ledger"`.
   * @default "batch_copy_ledger"
   */
  readonly table?: string | undefined;
}

/**
 * Asks a ledger that was named by a user.
 *
 * @param call such as `readLedger()`
 * @param sqlOf the statement for the quoted name of the ledger, whose first column is JSON as text
 * @throws SchemaMismatchError if the server refuses it, because the ledger does not exist, is another
 * table, or may not be used by the role.
 */
export async function askLedger(
  call: string,
  connection: Queryable,
  options: LedgerCallOptions,
  sqlOf: (name: string) => string,
  values: readonly string[] = [],
): Promise<unknown> {
  checkCallOptions(call, options, ["table"]);
  const { table = DEFAULT_LEDGER } = options;
  const { schema, name } = ledgerName(table, "table");
  const quotedName = quoteQualified(schema, name);
  try {
    return await askCatalog(connection, sqlOf(quotedName), values);
  } catch (error) {
    if (isServerAnswer(error)) {
      throw mismatch(quotedName, [`the ledger cannot be used: ${error.message}`]);
    }
    throw error;
  }
}

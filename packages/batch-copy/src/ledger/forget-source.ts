import { EQ } from "../catalog-operators.js";
import type { Queryable } from "../table/ask-catalog.js";
import { askLedger, type LedgerCallOptions } from "./ask-ledger.js";
import { checkIsName } from "./source-name.js";

/**
 * Removes a source from the ledger, so that its position is forgotten: for sources that are gone, or are
 * to be written anew from a `start`. If the source is open, in whatever process, nothing more can be
 * committed for it there, and it ends with an error. Close it first.
 *
 * @param connection a `pg.Pool` or `pg.Client`, or anything whose `query` takes SQL and parameters
 * @returns whether there was such a source
 * @throws SchemaMismatchError if there is no such ledger, or the role may not delete from it.
 * @throws BatchCopyError with code `INVALID_OPTION` for a name that is none. Other errors are the driver's.
 * @example
 * if (await forgetSource(pool, "orders/3")) console.log("orders/3 starts anew");
 */
export async function forgetSource(
  connection: Queryable,
  name: string,
  options: LedgerCallOptions = {},
): Promise<boolean> {
  checkIsName(name);
  return (await askLedger("forgetSource()", connection, options, removalFrom, [name])) as boolean;
}

function removalFrom(ledger: string): string {
  return `WITH removed AS (DELETE FROM ${ledger} WHERE source ${EQ} $1::pg_catalog.text RETURNING 1)
    SELECT pg_catalog.to_json(EXISTS (SELECT FROM removed))::pg_catalog.text`;
}

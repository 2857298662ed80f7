import { quoteQualified } from "../codecs/identifier.js";
import { DEFAULT_LEDGER, ledgerName } from "./ledger-name.js";

/**
 * The statement that creates a ledger, for a migration of your own. With the option `ledger: true`, the
 * table is created by itself if the role may do so.
 *
 * @param name as SQL reads it: `app.ledger`, `"Odd.Schema"."ledger"`. Its schema must exist.
 * @throws BatchCopyError with code `INVALID_OPTION` if it is not the name of a table.
 * @default "batch_copy_ledger"
 * @example
 * console.log(ledgerDdl("app.ledger"));
 */
export function ledgerDdl(name: string = DEFAULT_LEDGER): string {
  const { schema, name: bareName } = ledgerName(name, "name");
  return ledgerTableDdl(quoteQualified(schema, bareName));
}

/**
 * The same for a quoted name.
 *
 * Each commit updates a row. The free half of each page lets the new version stay on the page, so that
 * the index needs no new entry (https://www.postgresql.org/docs/current/storage-hot.html).
 */
export function ledgerTableDdl(quoted: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quoted} (
  source text COLLATE "C" PRIMARY KEY,
  owner uuid NOT NULL,
  session uuid NOT NULL,
  position bigint NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);`;
}

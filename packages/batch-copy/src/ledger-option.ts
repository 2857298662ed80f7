import { checkIsRecord, invalid, shown } from "./invalid-option.js";
import { ledgerName } from "./ledger/ledger-name.js";
import type { LedgerSettings } from "./ledger/ledger-table.js";
import { nearest } from "./nearest.js";

/** The option `ledger` as an object. */
export interface LedgerOptions {
  /**
   * The name of the ledger's table as SQL reads it: `"app.ledger"`.
   * @default "batch_copy_ledger", which is created in the current schema
   */
  table?: string | undefined;
  /**
   * Whether to create the table if it does not exist. If it is not created, the error of `connect` has
   * the DDL; `ledgerDdl()` returns it as well.
   * @default true
   */
  create?: boolean | undefined;
}

const NAMES: readonly string[] = ["table", "create"];

/** What other libraries call these options, and which of ours that is. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    name: "table",
    tablename: "table",
    schema: "table",
    autocreate: "create",
    createtable: "create",
    createifmissing: "create",
    ifnotexists: "create",
    migrate: "create",
  }),
);

/**
 * Checks the option `ledger` and fills in its defaults.
 *
 * @returns undefined for no ledger
 * @throws BatchCopyError with code `INVALID_OPTION`, which names the part that is wrong.
 */
export function resolveLedger(ledger: unknown): LedgerSettings | undefined {
  if (ledger === undefined || ledger === false) {
    return undefined;
  }
  if (ledger === true) {
    return { table: undefined, create: true };
  }
  const { table, create = true } = checkShape(ledger);
  if (table !== undefined) {
    ledgerName(table, "ledger.table");
  }
  if (typeof create !== "boolean") {
    throw invalid(`ledger.create must be true or false, got ${shown(create)}`);
  }
  return { table, create };
}

function checkShape(ledger: unknown): LedgerOptions {
  if (typeof ledger !== "object") {
    throw invalid(`ledger must be true, false or { table, create }, got ${shown(ledger)}`);
  }
  checkIsRecord("ledger", ledger, NAMES);
  const unknown = Object.keys(ledger!).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    const meant = ALIASES.get(unknown.toLowerCase().replaceAll("_", "")) ?? nearest(unknown, NAMES);
    const hint = meant === undefined ? "" : ` Did you mean "ledger.${meant}"?`;
    throw invalid(`Unknown option ${JSON.stringify(`ledger.${unknown}`)}.${hint}`);
  }
  return ledger as LedgerOptions;
}

import { quoteIdentifier, quoteQualified } from "../codecs/identifier.js";
import type { SchemaMismatchError } from "../errors.js";
import { askCatalog, type Queryable } from "../table/ask-catalog.js";
import { lookUpTable, type TableDescription } from "../table/describe-table.js";
import { mismatch } from "../table/mismatch.js";
import { isServerAnswer } from "../table/server-answer.js";
import { ledgerTableDdl } from "./ledger-ddl.js";
import { readLedgerFacts } from "./ledger-facts.js";
import { DEFAULT_LEDGER, ledgerName } from "./ledger-name.js";
import { ledgerObstacles, type Obstacle } from "./ledger-obstacles.js";
import type { TableName } from "./table-name.js";

/** The option `ledger`, with its defaults filled in. */
export interface LedgerSettings {
  /** As SQL reads it; undefined for the default name. */
  readonly table: string | undefined;
  /** Whether the table is created if it is missing. */
  readonly create: boolean;
}

/** A ledger that was found. */
export interface LedgerTable {
  /** Its qualified name, quoted. */
  readonly name: string;
}

/**
 * Finds the ledger, creates it if it is missing and may be created, and checks that it is one.
 *
 * @throws SchemaMismatchError if it cannot be created or does not fit, with the DDL that resolves it.
 * @throws BatchCopyError with code `INVALID_OPTION` if it has no valid name.
 */
export async function openLedger(
  connection: Queryable,
  { table = DEFAULT_LEDGER, create }: LedgerSettings,
): Promise<LedgerTable> {
  const wanted = ledgerName(table, "ledger.table");
  const found = await (create ? findOrCreate(wanted, connection) : find(wanted, connection));
  const facts = found && (await readLedgerFacts(connection, found.oid));
  if (facts === undefined) {
    throw missing(quoted(wanted));
  }
  const name = quoted(found!);
  const obstacles = ledgerObstacles(name, found!, facts);
  if (obstacles.length > 0) {
    throw unfit(name, obstacles);
  }
  return { name };
}

async function findOrCreate(
  wanted: TableName,
  connection: Queryable,
): Promise<TableDescription | undefined> {
  const before = await find(wanted, connection);
  if (before !== undefined) {
    return before;
  }
  const failure = await tryToCreate(quoted(wanted), connection);
  const created = await find(wanted, connection);
  if (created === undefined && failure !== undefined) {
    throw isServerAnswer(failure) ? missing(quoted(wanted), failure) : failure;
  }
  return created;
}

/** `insufficient_privilege`: the role may not use the schema. */
const INSUFFICIENT_PRIVILEGE = "42501";

async function find(
  wanted: TableName,
  connection: Queryable,
): Promise<TableDescription | undefined> {
  try {
    return (await lookUpTable(connection, quoted(wanted), []))?.table;
  } catch (error) {
    const isOutOfReach = isServerAnswer(error) && error.code === INSUFFICIENT_PRIVILEGE;
    if (!isOutOfReach || wanted.schema === undefined) {
      throw error;
    }
    const role = quoteIdentifier(await roleOf(connection));
    throw mismatch(quoted(wanted), [labelled(error.message)], {
      ddl: `GRANT USAGE ON SCHEMA ${quoteIdentifier(wanted.schema)} TO ${role};`,
    });
  }
}

async function roleOf(connection: Queryable): Promise<string> {
  const sql = "SELECT pg_catalog.to_json(current_user)::pg_catalog.text";
  return (await askCatalog(connection, sql, [])) as string;
}

function quoted({ schema, name }: TableName): string {
  return quoteQualified(schema, name);
}

/**
 * Tries to create the table. Another process may do the same: then `IF NOT EXISTS` either sees its table
 * or fails at a unique index of the catalog, when that transaction has committed.
 *
 * @returns the error, whatever it is: only a second look says whether the table is there
 */
async function tryToCreate(quotedName: string, connection: Queryable): Promise<Error | undefined> {
  try {
    await connection.query(ledgerTableDdl(quotedName), []);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

function missing(quotedName: string, failure?: Error): SchemaMismatchError {
  const reason = failure === undefined ? "" : `, and cannot be created: ${failure.message}`;
  return mismatch(quotedName, [labelled(`it does not exist${reason}`)], {
    ddl: ledgerTableDdl(quotedName),
  });
}

function unfit(quotedName: string, obstacles: readonly Obstacle[]): SchemaMismatchError {
  const ddl = obstacles.flatMap((obstacle) => obstacle.ddl ?? []);
  const texts = obstacles.map(({ text }) => labelled(text));
  return mismatch(quotedName, texts, {
    ddl: ddl.join("\n"),
    isComplete: ddl.length === obstacles.length,
  });
}

function labelled(text: string): string {
  return `${text} (table of ledger)`;
}

import { quoteIdentifier, quoteQualified } from "../codecs/identifier.js";
import type { SchemaMismatchError } from "../errors.js";
import { askCatalog, type Queryable } from "../table/ask-catalog.js";
import { alterTableDdl } from "../table/ddl.js";
import {
  lookUpTable,
  mayBeLeftOut,
  type ColumnDescription,
  type TableDescription,
} from "../table/describe-table.js";
import { mismatch } from "../table/mismatch.js";
import { LETTER_COLUMNS, letterTableDdl, type LetterTableColumn } from "./letter-ddl.js";

/** A table of dead letters that was found. */
export interface LetterTable {
  /** Its qualified name, quoted. */
  readonly name: string;
  /** Whether the database can store every character. */
  readonly isUtf8: boolean;
}

/**
 * Finds the table of dead letters, and creates it if it is missing.
 *
 * @param name as SQL reads it: `app.rejected_rows`
 * @throws SchemaMismatchError if it cannot be created or does not fit, with the DDL that resolves it.
 */
export async function openLetterTable(name: string, connection: Queryable): Promise<LetterTable> {
  const found = await findOrCreate(name, connection);
  const quotedName = quoteQualified(found.schema, found.name);
  refuseUnfit(quotedName, found);
  return { name: quotedName, isUtf8: await isUtf8(connection) };
}

async function isUtf8(connection: Queryable): Promise<boolean> {
  const encoding = "pg_catalog.current_setting('server_encoding')";
  const sql = `SELECT pg_catalog.to_json(${encoding})::pg_catalog.text`;
  return (await askCatalog(connection, sql, [])) === "UTF8";
}

async function findOrCreate(name: string, connection: Queryable): Promise<TableDescription> {
  const quotedName = await readName(name, connection);
  const before = await lookUpTable(connection, quotedName, []);
  if (before !== undefined) {
    return before.table;
  }
  const failure = await create(quotedName, connection);
  const created = await lookUpTable(connection, quotedName, []);
  if (created === undefined) {
    const reason = failure === undefined ? "" : `, and cannot be created: ${failure.message}`;
    const ddl = letterTableDdl(quotedName);
    throw mismatch(quotedName, [`the table of dead letters does not exist${reason}`], { ddl });
  }
  return created.table;
}

/** `invalid_parameter_value`, the SQLSTATE of `parse_ident` for what is not a name. */
const INVALID_PARAMETER_VALUE = "22023";

/** The name, quoted: as SQL reads it, and nothing else that SQL reads. */
async function readName(name: string, connection: Queryable): Promise<string> {
  try {
    const sql = "SELECT pg_catalog.to_json(pg_catalog.parse_ident($1))::pg_catalog.text";
    const parts = (await askCatalog(connection, sql, [name])) as string[];
    return parts.map(quoteIdentifier).join(".");
  } catch (error) {
    if (sqlStateOf(error) === INVALID_PARAMETER_VALUE) {
      throw mismatch(JSON.stringify(name), ["deadLetters is not a valid name of a table"]);
    }
    throw error;
  }
}

/**
 * Tries to create the table. Another process may do the same: then `IF NOT EXISTS` either sees its table
 * or fails at a unique index of the catalog, when that transaction has committed.
 *
 * @returns the error with which the server refused
 */
async function create(quotedName: string, connection: Queryable): Promise<Error | undefined> {
  const ddl = letterTableDdl(quotedName).replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS");
  try {
    await connection.query(ddl, []);
    return undefined;
  } catch (error) {
    if (sqlStateOf(error) === undefined) {
      throw error;
    }
    return error as Error;
  }
}

/** The SQLSTATE, if the error is an answer of the server. */
function sqlStateOf(error: unknown): string | undefined {
  const { code, severity } = error as { readonly code?: unknown; readonly severity?: unknown };
  return typeof code === "string" && typeof severity === "string" ? code : undefined;
}

/** What keeps letters from being written, and the action of ALTER TABLE that resolves it, if there is one. */
interface Obstacle {
  readonly text: string;
  readonly action?: string;
}

function refuseUnfit(quotedName: string, found: TableDescription): void {
  const reason = reasonOfKind(found);
  const obstacles =
    reason === undefined
      ? [...LETTER_COLUMNS.flatMap((column) => obstaclesOf(column, found)), ...foreign(found)]
      : [{ text: reason }];
  if (obstacles.length > 0) {
    throw unfit(quotedName, obstacles);
  }
}

/** A letter must be stored in the transaction that writes the rows, and nowhere else. */
function reasonOfKind({ kind, isTemporary }: TableDescription): string | undefined {
  if (kind !== "r" && kind !== "p") {
    return "it is not a table of this server";
  }
  return isTemporary
    ? "it is a temporary table, which only the connection that created it sees"
    : undefined;
}

function unfit(quotedName: string, obstacles: readonly Obstacle[]): SchemaMismatchError {
  const actions = obstacles.flatMap(({ action }) => action ?? []);
  const texts = obstacles.map(({ text }) => `${text} (table of deadLetters)`);
  return mismatch(quotedName, texts, {
    ddl: actions.length > 0 ? alterTableDdl(quotedName, actions) : "",
    isComplete: actions.length === obstacles.length,
  });
}

function obstaclesOf(wanted: LetterTableColumn, { columns }: TableDescription): Obstacle[] {
  const { name, sql } = wanted;
  const label = `column ${quoteIdentifier(name)}`;
  const actual = columns.find((column) => column.name === name);
  if (actual === undefined) {
    return [
      { text: `${label} does not exist`, action: `ADD COLUMN ${quoteIdentifier(name)} ${sql}` },
    ];
  }
  if (!wanted.types.includes(actual.type.sql)) {
    return [{ text: `${label} must be ${wanted.types.join(" or ")}, it is ${actual.type.sql}` }];
  }
  return wanted.value === "default"
    ? withoutDefault(label, actual)
    : unwritable(label, wanted, actual);
}

/** An id that is NULL would be that of no letter. */
function withoutDefault(label: string, actual: ColumnDescription): Obstacle[] {
  return actual.hasDefault ? [] : [{ text: `${label} must have a default` }];
}

function unwritable(
  label: string,
  wanted: LetterTableColumn,
  actual: ColumnDescription,
): Obstacle[] {
  if (actual.isGenerated || actual.isIdentityAlways) {
    return [{ text: `${label} is generated` }];
  }
  if (!actual.isInsertable) {
    return [{ text: `this role has no INSERT privilege on ${label}` }];
  }
  return actual.notNull && wanted.value === "sometimes"
    ? [
        {
          text: `${label} is NOT NULL`,
          action: `ALTER COLUMN ${quoteIdentifier(wanted.name)} DROP NOT NULL`,
        },
      ]
    : [];
}

/** Columns of the user's own. */
function foreign({ columns }: TableDescription): Obstacle[] {
  const own = new Set(LETTER_COLUMNS.map(({ name }) => name));
  return columns
    .filter((column) => !own.has(column.name) && !mayBeLeftOut(column))
    .map(({ name }) => ({
      text: `column ${quoteIdentifier(name)} is NOT NULL without a default`,
    }));
}

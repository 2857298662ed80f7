import { ConnectError, SchemaMismatchError } from "../errors.js";
import { alterTableDdl, columnDdl } from "./ddl.js";
import { quoteIdentifier, quoteQualified } from "./identifier.js";
import { columnsOf, type Column, type Table } from "./table.js";

/** The one thing that the check needs of a connection. */
export interface Queryable {
  query(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
}

/** A table as the database has it. */
interface TableDescription {
  readonly schema: string;
  readonly name: string;
  /** `pg_class.relkind`. */
  readonly kind: string;
  readonly hasActiveRowSecurity: boolean;
  readonly clientEncoding: string;
  readonly columns: readonly ColumnDescription[];
}

interface ColumnDescription {
  readonly name: string;
  /** As `format_type` prints it. */
  readonly type: string;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  /** `GENERATED ALWAYS AS (…)`, stored or virtual. */
  readonly isGenerated: boolean;
  readonly isIdentityAlways: boolean;
  readonly isInsertable: boolean;
}

/**
 * Reads the catalog only, so a lock on the table does not hold it up. `to_regclass` takes the name
 * without a schema through the search_path, as COPY would.
 */
const DESCRIBE_TABLE = `
SELECT n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
  row_security_active(c.oid) AS "hasActiveRowSecurity",
  current_setting('client_encoding') AS "clientEncoding",
  coalesce((
    SELECT json_agg(json_build_object(
      'name', a.attname,
      'type', format_type(a.atttypid, a.atttypmod),
      'notNull', a.attnotnull,
      'hasDefault', a.atthasdef OR a.attidentity <> '',
      'isGenerated', a.attgenerated <> '',
      'isIdentityAlways', a.attidentity = 'a',
      'isInsertable', has_column_privilege(c.oid, a.attnum, 'INSERT')
    ) ORDER BY a.attnum)
    FROM pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  ), '[]') AS columns
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = to_regclass($1)`;

/** What COPY FROM takes: tables, partitioned tables, foreign tables. */
const COPYABLE_KINDS: ReadonlySet<string> = new Set(["r", "p", "f"]);

const KIND_NAMES: Readonly<Record<string, string>> = {
  v: "a view",
  m: "a materialized view",
  S: "a sequence",
  i: "an index",
  I: "an index",
  c: "a composite type",
};

/**
 * Compares a definition with the table in the database.
 *
 * @returns the COPY statement that fills the definition's columns.
 * @throws SchemaMismatchError with every difference.
 */
export async function checkTable(definition: Table, connection: Queryable): Promise<string> {
  const quotedName = quoteQualified(definition.schema, definition.name);
  const { rows } = await connection.query(DESCRIBE_TABLE, [quotedName]);
  const found = rows[0] as TableDescription | undefined;
  if (found === undefined) {
    throw new SchemaMismatchError(quotedName, ["it does not exist"], definition.ddl);
  }
  // The strings of a binary COPY are in the client's encoding; ours are UTF-8.
  if (found.clientEncoding !== "UTF8") {
    throw new ConnectError(`client_encoding is ${found.clientEncoding}, batch-copy needs UTF8`);
  }
  const refusal = tableRefusal(found);
  if (refusal !== undefined) {
    throw new SchemaMismatchError(quotedName, [refusal], "");
  }
  const columns = columnsOf(definition.columns);
  const differences = [...columnDifferences(columns, found), ...missingColumns(columns, found)];
  if (differences.length > 0) {
    const actions = differences.flatMap(({ action }) => action ?? []);
    const ddl = actions.length > 0 ? alterTableDdl(quotedName, actions) : "";
    throw new SchemaMismatchError(
      quotedName,
      differences.map(({ text }) => text),
      ddl,
    );
  }
  return copyStatement(found, columns);
}

interface Difference {
  readonly text: string;
  /** The ALTER TABLE action that would end it, if one does. */
  readonly action?: string;
}

function tableRefusal({ kind, hasActiveRowSecurity }: TableDescription): string | undefined {
  if (!COPYABLE_KINDS.has(kind)) {
    return `it is ${KIND_NAMES[kind] ?? `of kind ${kind}`}, which COPY cannot fill`;
  }
  return hasActiveRowSecurity
    ? "row-level security is active for this role, which COPY FROM does not support"
    : undefined;
}

/** What keeps the definition's columns from being filled. */
function columnDifferences(columns: readonly Column[], found: TableDescription): Difference[] {
  const byName = new Map(found.columns.map((column) => [column.name, column]));
  return columns.flatMap((column) => {
    const actual = byName.get(column.name);
    return actual === undefined ? missingColumn(column) : compareColumn(column, actual);
  });
}

function missingColumn(column: Column): Difference {
  return {
    text: `column ${quoteIdentifier(column.name)} does not exist`,
    action: `ADD COLUMN ${columnDdl(column)}`,
  };
}

function compareColumn({ name, type }: Column, actual: ColumnDescription): Difference[] {
  const column = `column ${quoteIdentifier(name)}`;
  const alter = `ALTER COLUMN ${quoteIdentifier(name)}`;
  if (actual.isGenerated || actual.isIdentityAlways) {
    const how = actual.isGenerated ? "generated" : "an identity that is always generated";
    return [{ text: `${column} is ${how}, leave it out of the definition` }];
  }
  const differences: Difference[] = [];
  if (actual.type !== type.sql) {
    const written = type.name === type.sql ? type.name : `${type.name} (${type.sql})`;
    differences.push({
      text: `${column} is ${actual.type} in the database and ${written} in the definition`,
      action: `${alter} TYPE ${type.sql}`,
    });
  }
  if (actual.notNull && type.isNullable) {
    differences.push({
      text: `${column} is NOT NULL in the database and nullable in the definition`,
      action: `${alter} DROP NOT NULL`,
    });
  }
  if (!actual.isInsertable) {
    differences.push({ text: `this role may not INSERT into ${column}` });
  }
  return differences;
}

/** Columns that every row would leave NULL although they are NOT NULL. */
function missingColumns(columns: readonly Column[], found: TableDescription): Difference[] {
  const defined = new Set(columns.map(({ name }) => name));
  return found.columns
    .filter(({ name, notNull, hasDefault }) => notNull && !hasDefault && !defined.has(name))
    .map(({ name, type }) => ({
      text: `column ${quoteIdentifier(name)} (${type}) is NOT NULL without a default and not in the definition`,
    }));
}

/** With the name as it was found, so that each connection fills the same table. */
function copyStatement(found: TableDescription, columns: readonly Column[]): string {
  const names = columns.map(({ name }) => quoteIdentifier(name)).join(", ");
  return `COPY ${quoteQualified(found.schema, found.name)} (${names}) FROM STDIN (FORMAT binary)`;
}

import { columnTypeOf } from "../codecs/column-type-of.js";
import { quoteIdentifier, quoteQualified } from "../codecs/identifier.js";
import { SchemaMismatchError } from "../errors.js";
import { tableWithoutBinaryForm, typeWithoutBinaryForm } from "./binary-form.js";
import { alterTableDdl, columnDdl } from "./ddl.js";
import {
  lookUpTable,
  type ColumnDescription,
  type Lookup,
  type Queryable,
  type TableDescription,
} from "./describe-table.js";
import type { WritableColumn } from "./field-writer.js";
import { columnsOf, type Column, type Table } from "./table.js";
import { sqlNamesOf, typeDifference, type TypeOids } from "./type-difference.js";
import { widens } from "./widening.js";

/** How to fill a table that was checked. */
interface CheckedTable {
  readonly isTemporary: boolean;
  readonly statement: string;
  readonly insertStatement: string;
  readonly columns: readonly WritableColumn[];
}

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
 * @throws SchemaMismatchError with every difference.
 */
export async function checkDefinition(
  definition: Table,
  connection: Queryable,
): Promise<CheckedTable> {
  const quotedName = quoteQualified(definition.schema, definition.name);
  const columns = columnsOf(definition.columns);
  const types = columns.flatMap(({ type }) => sqlNamesOf(type));
  const found = await lookUpTable(connection, quotedName, types);
  if (found === undefined) {
    throw new SchemaMismatchError(quotedName, ["it does not exist"], definition.ddl);
  }
  refuseUncopyable(quotedName, found.table);
  const differences = compare(columns, found);
  if (differences.length > 0) {
    throw mismatch(quotedName, differences);
  }
  return checkedTable(found.table, columns);
}

/** @throws SchemaMismatchError if COPY cannot fill it, whatever the columns. */
export function refuseUncopyable(quotedName: string, found: TableDescription): void {
  const refusal = tableRefusal(found);
  if (refusal !== undefined) {
    throw new SchemaMismatchError(quotedName, [refusal], "");
  }
}

interface Difference {
  readonly text: string;
  /** The ALTER TABLE action that would end it, if one does. */
  readonly action?: string;
  /** What must run before that action. */
  readonly before?: readonly string[];
}

function tableRefusal({
  kind,
  hasActiveRowSecurity,
  columns,
}: TableDescription): string | undefined {
  if (!COPYABLE_KINDS.has(kind)) {
    return `it is ${KIND_NAMES[kind] ?? `of kind ${kind}`}, which batch-copy does not fill`;
  }
  if (hasActiveRowSecurity) {
    return "row-level security is active for this role, which COPY FROM does not support";
  }
  return columns.length > 0 && columns.every(({ isInsertable }) => !isInsertable)
    ? "this role may not INSERT into it"
    : tableWithoutBinaryForm(columns);
}

function mismatch(quotedName: string, differences: readonly Difference[]): SchemaMismatchError {
  const actions = differences.flatMap(({ action }) => action ?? []);
  const before = differences.flatMap((difference) => difference.before ?? []);
  const alter = actions.length > 0 ? [alterTableDdl(quotedName, actions)] : [];
  const texts = differences.map(({ text }) => text);
  const isWhole = actions.length === differences.length;
  return new SchemaMismatchError(quotedName, texts, [...before, ...alter].join("\n"), isWhole);
}

/** Everything that keeps the definition's columns from being filled, or fills others with NULL. */
function compare(columns: readonly Column[], { table, typeOids }: Lookup): Difference[] {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const differences = columns.flatMap((column) => {
    const actual = byName.get(column.name);
    return actual === undefined
      ? missingColumn(column, typeOids)
      : compareColumn(column, actual, typeOids);
  });
  return [...differences, ...unfilledColumns(columns, table)];
}

function missingColumn(column: Column, typeOids: TypeOids): Difference {
  return {
    text: `column ${quoteIdentifier(column.name)} does not exist`,
    action: `ADD COLUMN ${columnDdl(column)}`,
    before: typeOids.has(column.type.sql) ? [] : column.type.ddl,
  };
}

function compareColumn(
  wanted: Column,
  actual: ColumnDescription,
  typeOids: TypeOids,
): Difference[] {
  const column = `column ${quoteIdentifier(wanted.name)}`;
  if (actual.isGenerated || actual.isIdentityAlways) {
    const how = actual.isGenerated ? "generated" : "an identity that is always generated";
    return [{ text: `${column} is ${how}, leave it out of the definition` }];
  }
  const refusal = typeWithoutBinaryForm(actual.type);
  if (refusal !== undefined) {
    return [{ text: `${column} ${refusal}` }];
  }
  const alter = `ALTER COLUMN ${quoteIdentifier(wanted.name)}`;
  const difference = typeDifference(wanted.type, actual.type, typeOids);
  const differences: Difference[] = difference
    ? [differentType(`${column} ${difference}`, alter, wanted, actual)]
    : [];
  if (actual.notNull && wanted.type.isNullable) {
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

function differentType(
  text: string,
  alter: string,
  { name, type }: Column,
  actual: ColumnDescription,
): Difference {
  if (widens(actual.type.sql, type.sql)) {
    return { text, action: `${alter} TYPE ${type.sql}` };
  }
  // Any other change of the column could lose what is in it: the definition has to change.
  const fitting = columnTypeOf(actual.type);
  if (fitting === undefined) {
    return { text };
  }
  const nullable = actual.notNull ? "" : ".nullable()";
  return { text: `${text}, where ${JSON.stringify(name)}: ${fitting.name}${nullable} would fit` };
}

/** Columns that every row would leave NULL although they are NOT NULL. */
function unfilledColumns(columns: readonly Column[], found: TableDescription): Difference[] {
  const defined = new Set(columns.map(({ name }) => name));
  return found.columns
    .filter(({ name, notNull, hasDefault }) => notNull && !hasDefault && !defined.has(name))
    .map(({ name, type }) => ({
      text: `column ${quoteIdentifier(name)} (${type.sql}) is NOT NULL without a default and not in the definition`,
    }));
}

/** With the name as it was found, so that each connection fills the same table. */
function checkedTable(found: TableDescription, columns: readonly Column[]): CheckedTable {
  const byName = new Map(found.columns.map((column) => [column.name, column]));
  const names = columns.map(({ name }) => quoteIdentifier(name)).join(", ");
  const table = quoteQualified(found.schema, found.name);
  return {
    isTemporary: found.isTemporary,
    statement: `COPY ${table} (${names}) FROM STDIN (FORMAT binary)`,
    insertStatement: `INSERT INTO ${table} (${names}) VALUES (${columns.map((_, n) => `$${n + 1}`).join(", ")})`,
    columns: columns.map(({ name, type }) => ({
      name,
      isNullable: type.isNullable,
      codec: type.codecFor(byName.get(name)!.type),
    })),
  };
}

import { createHash } from "node:crypto";

import { columnTypeOf } from "../codecs/column-type-of.js";
import { keySource, quoteIdentifier, quoteQualified } from "../codecs/identifier.js";
import { isNotNullDomain } from "../codecs/type-description.js";
import type { SchemaMismatchError } from "../errors.js";
import type { Queryable } from "./ask-catalog.js";
import { typeWithoutBinaryForm } from "./binary-form.js";
import type { ConflictRule } from "./conflict-rule.js";
import { alterTableDdl, columnDdl } from "./ddl.js";
import {
  lookUpTable,
  mayBeLeftOut,
  type ColumnDescription,
  type Lookup,
  type TableDescription,
} from "./describe-table.js";
import type { WritableColumn } from "./field-writer.js";
import { columnLabel } from "./field.js";
import { mismatch } from "./mismatch.js";
import { unfillable } from "./omitted-columns.js";
import { planWrite } from "./plan-write.js";
import { hintForDefinition } from "./similar-tables.js";
import { snakeCaseHint } from "./snake-case-hint.js";
import { columnsOf, type Column, type Table } from "./table.js";
import { sqlNamesOf, typeDifference, type TypeOids } from "./type-difference.js";
import { widens } from "./widening.js";
import { refuseUnwritable } from "./writability.js";
import type { WritePlan } from "./write-plan.js";

/** How to fill a table that was checked. */
export interface CheckedTable {
  /** `pg_class.oid`. */
  readonly oid: number;
  /** The qualified name of the table that the statements fill, quoted, whatever name it was found by. */
  readonly foundName: string;
  /** Whether only the connection that created it sees it. */
  readonly isTemporary: boolean;
  /** The COPY statement for its columns. */
  readonly statement: string;
  /** The INSERT statement of one row, with a parameter for each column, and what to do on a conflict. */
  readonly insertStatement: string;
  readonly plan: WritePlan;
  readonly columns: readonly WritableColumn[];
  /**
   * The same as long as rows are written in the same way; for columns of the catalog, the same for all
   * tables whose rows are.
   */
  readonly fingerprint: string;
}

/**
 * The server's defaults by column, for a copier of a name: a row that has no value for such a column is
 * an error. In a definition, `.nullable()` says that NULL is meant.
 */
type Defaults = ReadonlyMap<string, string | undefined>;

/**
 * Looks up the table of a definition, and compares the two.
 *
 * @throws SchemaMismatchError with every difference.
 */
export async function findDefined(
  definition: Table,
  connection: Queryable,
  conflict: ConflictRule | undefined,
): Promise<CheckedTable> {
  const quotedName = quoteQualified(definition.schema, definition.name);
  const types = columnsOf(definition).flatMap(({ type }) => sqlNamesOf(type));
  const found = await lookUpTable(connection, quotedName, types, conflict !== undefined);
  if (found === undefined) {
    const hint = await hintForDefinition(definition, connection);
    throw mismatch(quotedName, [`it does not exist${hint}`], { ddl: definition.ddl });
  }
  refuseUnwritable(found.table);
  return checkDefinition(definition, found, connection, { defaults: NO_DEFAULTS, conflict });
}

const NO_DEFAULTS: Defaults = new Map();

/** What is known of a table beside its definition. */
export interface TableWishes {
  readonly defaults: Defaults;
  readonly conflict: ConflictRule | undefined;
}

/**
 * Compares a definition with the table that was found for it, and decides how to write to it.
 *
 * @throws SchemaMismatchError with every difference.
 */
export async function checkDefinition(
  definition: Table,
  found: Lookup,
  connection: Queryable,
  { defaults, conflict }: TableWishes,
): Promise<CheckedTable> {
  const columns = columnsOf(definition);
  const differences = compare(columns, found);
  const filled = new Set(columns.map(({ name }) => name));
  const omitted = found.table.columns.filter(({ name }) => !filled.has(name));
  const unfilled = await unfillable(omitted, connection);
  if (differences.length + unfilled.length > 0) {
    const quotedName = quoteQualified(definition.schema, definition.name);
    throw mismatchOf(quotedName, [...differences, ...unfilled.map((text) => ({ text }))]);
  }
  const plan = await planWrite(found, columns, conflict, connection);
  return checkedTable(found.table, columns, defaults, plan);
}

interface Difference {
  readonly text: string;
  /** The ALTER TABLE action that would resolve it, if there is one. */
  readonly action?: string;
  /** What must run before that action. */
  readonly before?: readonly string[];
}

function mismatchOf(quotedName: string, differences: readonly Difference[]): SchemaMismatchError {
  const actions = differences.flatMap(({ action }) => action ?? []);
  const before = differences.flatMap((difference) => difference.before ?? []);
  const alter = actions.length > 0 ? [alterTableDdl(quotedName, actions)] : [];
  const texts = differences.map(({ text }) => text);
  const ddl = [...before, ...alter].join("\n");
  return mismatch(quotedName, texts, { ddl, isComplete: actions.length === differences.length });
}

/** Everything that keeps the definition's columns from being filled. */
function compare(columns: readonly Column[], { table, typeOids }: Lookup): Difference[] {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  return columns.flatMap((column) => {
    const actual = byName.get(column.name);
    return actual === undefined
      ? missingColumn(column, table, typeOids)
      : compareColumn(column, actual, typeOids);
  });
}

function missingColumn(
  column: Column,
  { columns }: TableDescription,
  typeOids: TypeOids,
): Difference {
  const text = `${columnLabel(column)} does not exist`;
  const hint = snakeCaseHint(column.name, columns);
  if (hint !== "") {
    return { text: text + hint };
  }
  return {
    text,
    action: `ADD COLUMN ${columnDdl(column)}`,
    before: typeOids.has(column.type.sql) ? [] : column.type.ddl,
  };
}

function compareColumn(
  wanted: Column,
  actual: ColumnDescription,
  typeOids: TypeOids,
): Difference[] {
  const column = columnLabel(wanted);
  if (actual.isGenerated || actual.isIdentityAlways) {
    const how = actual.isGenerated ? "a generated column" : "GENERATED ALWAYS AS IDENTITY";
    return [{ text: `${column} is ${how}: leave it out of the definition` }];
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
      // A domain that is NOT NULL is used elsewhere too: there the definition has to change.
      ...(!isNotNullDomain(actual.type) && { action: `${alter} DROP NOT NULL` }),
    });
  }
  if (!actual.isInsertable) {
    const wayOut = mayBeLeftOut(actual)
      ? 'grant it, or leave the column out of the definition or of the option "columns"'
      : 'grant it, because the option "columns" cannot leave out a column that is NOT NULL without a default';
    differences.push({ text: `this role has no INSERT privilege on ${column}: ${wayOut}` });
  }
  return differences;
}

function differentType(
  text: string,
  alter: string,
  { key, type }: Column,
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
  return { text: `${text}, where ${keySource(key)}: ${fitting.name}${nullable} would fit` };
}

/** With the name as it was found, so that each connection fills the same table. */
function checkedTable(
  found: TableDescription,
  columns: readonly Column[],
  defaults: Defaults,
  plan: WritePlan,
): CheckedTable {
  const byName = new Map(found.columns.map((column) => [column.name, column]));
  const names = columns.map(({ name }) => quoteIdentifier(name)).join(", ");
  const table = quoteQualified(found.schema, found.name);
  return {
    oid: found.oid,
    foundName: table,
    isTemporary: found.isTemporary,
    statement: `COPY ${table} (${names}) FROM STDIN (FORMAT binary)`,
    insertStatement:
      `INSERT INTO ${table} (${names}) VALUES (${columns.map((_, n) => `$${n + 1}`).join(", ")})` +
      (plan.conflictClause && ` ${plan.conflictClause}`),
    plan,
    columns: columns.map(({ key, name, type }) => ({
      key,
      name,
      isNullable: type.isNullable,
      default: defaults.get(name),
      makeDefault: type.makeDefault,
      codec: type.codecFor(byName.get(name)!.type),
      type: byName.get(name)!.type,
    })),
    fingerprint: fingerprintOf(
      columns.map(({ key, name, type }) => [
        key,
        name,
        type.isNullable,
        defaults.get(name),
        byName.get(name)!.type,
      ]),
    ),
  };
}

/** Short, because each open table has one. */
function fingerprintOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64");
}

import { quoteQualified } from "../codecs/identifier.js";
import type { Queryable } from "./ask-catalog.js";
import { checkDefinition, findDefined, type CheckedTable } from "./check-definition.js";
import type { ConflictRule } from "./conflict-rule.js";
import { definitionOf } from "./definition-of.js";
import { lookUpTable, type Lookup, type TableDescription } from "./describe-table.js";
import type { FieldChoice } from "./field-choice.js";
import { mismatch } from "./mismatch.js";
import { hintForName } from "./similar-tables.js";
import type { Table } from "./table.js";
import { refuseUnwritable } from "./writability.js";

/** A table that was found, and how to fill it. */
export interface CopyTarget extends CheckedTable {
  readonly definition: Table;
  readonly ddl: string;
  /** The table's qualified name, quoted. */
  readonly name: string;
  /**
   * The bare name, as the context of a COPY's errors has it; undefined if a name has a line break,
   * because what follows could look like such a context.
   */
  readonly contextName: string | undefined;
}

/**
 * Finds the table of a definition, or of a name as SQL reads it, checks that it can be filled, and
 * decides how.
 *
 * @param fieldsOf chooses the columns to fill of a table that is given by its name
 * @param conflict what to do with rows that conflict
 * @throws SchemaMismatchError with every difference.
 * @throws BatchCopyError with code `INVALID_OPTION` if the option `onConflict` does not fit the table.
 */
export async function findTarget(
  table: Table | string,
  connection: Queryable,
  fieldsOf: FieldChoice,
  conflict?: ConflictRule,
): Promise<CopyTarget> {
  if (typeof table !== "string") {
    return targetOf(table, await findDefined(table, connection, conflict));
  }
  const found = await lookUpName(connection, table, conflict !== undefined);
  refuseUnwritable(found.table);
  const definition = definitionOf(found.table, fieldsOf(found.table));
  const defaults = found.table.columns.map((column) => [column.name, column.default] as const);
  const checked = await checkDefinition(definition, found, connection, {
    defaults: new Map(defaults),
    conflict,
  });
  return targetOf(definition, checked);
}

function targetOf(definition: Table, checked: CheckedTable): CopyTarget {
  const { name, schema, ddl } = definition;
  const names = [name, ...Object.values(definition.names)];
  return {
    definition,
    ddl,
    name: quoteQualified(schema, name),
    contextName: names.some((part) => part.includes("\n")) ? undefined : name,
    ...checked,
  };
}

/**
 * Describes a table as `Copier.connect` sees it.
 *
 * @param connection a `pg.Pool` or `pg.Client`, or anything whose `query` takes SQL and parameters
 * @param name as SQL reads it: `metrics`, `app.metrics`, `"Odd.Schema"."t"`
 * @throws SchemaMismatchError if there is no such table.
 * @example
 * const description = await describeTable(pool, "app.metrics");
 * console.log(description.columns.map(({ name, type }) => `${name} ${type.sql}`));
 */
export async function describeTable(
  connection: Queryable,
  name: string,
): Promise<TableDescription> {
  const { table } = await lookUpName(connection, name, false);
  return table;
}

/** @throws SchemaMismatchError if there is no such table. */
async function lookUpName(
  connection: Queryable,
  name: string,
  asksForFacts: boolean,
): Promise<Lookup> {
  const found = await lookUpReadableName(connection, name, asksForFacts);
  if (found === undefined) {
    throw mismatch(name, [`it does not exist${await hintForName(name, connection)}`]);
  }
  return found;
}

/** `invalid_name`: before PostgreSQL 16 `to_regclass` throws for what SQL cannot read as a name. */
const INVALID_NAME = "42602";

async function lookUpReadableName(
  connection: Queryable,
  name: string,
  asksForFacts: boolean,
): Promise<Lookup | undefined> {
  try {
    return await lookUpTable(connection, name, [], asksForFacts);
  } catch (error) {
    if ((error as { code?: unknown }).code === INVALID_NAME) {
      return undefined;
    }
    throw error;
  }
}

import { quoteQualified } from "../codecs/identifier.js";
import { SchemaMismatchError } from "../errors.js";
import { checkDefinition, refuseUncopyable } from "./check-definition.js";
import { definitionOf } from "./definition-of.js";
import { lookUpTable, type Queryable, type TableDescription } from "./describe-table.js";
import type { WritableColumn } from "./field-writer.js";
import type { Table } from "./table.js";

/** A table that was looked up: what it is, and how to fill it. */
export interface CopyTarget {
  readonly definition: Table;
  readonly ddl: string;
  /** The table's qualified name, quoted. */
  readonly name: string;
  /**
   * The bare name, which stands in the context of a COPY's errors; undefined if a name holds a line
   * break, behind which anything could look like such a context.
   */
  readonly contextName: string | undefined;
  /** Whether it belongs to one connection alone. */
  readonly isTemporary: boolean;
  /** The COPY statement for its columns. */
  readonly statement: string;
  /** The INSERT statement of one row, with a parameter for each column. */
  readonly insertStatement: string;
  readonly columns: readonly WritableColumn[];
}

/**
 * Finds the table of a definition, or of a name as SQL reads it, and checks that COPY can fill it.
 *
 * @param columns with a name: the columns to fill
 * @throws SchemaMismatchError with every difference.
 */
export async function findTarget(
  table: Table | string,
  connection: Queryable,
  columns: readonly string[] | undefined,
): Promise<CopyTarget> {
  const definition =
    typeof table === "string" ? await readDefinition(table, connection, columns) : table;
  const { name, schema, ddl } = definition;
  const names = [name, ...Object.keys(definition.columns)];
  return {
    definition,
    ddl,
    name: quoteQualified(schema, name),
    contextName: names.some((part) => part.includes("\n")) ? undefined : name,
    ...(await checkDefinition(definition, connection)),
  };
}

async function readDefinition(
  name: string,
  connection: Queryable,
  columns: readonly string[] | undefined,
): Promise<Table> {
  const found = await describeTable(connection, name);
  refuseUncopyable(quoteQualified(found.schema, found.name), found);
  return definitionOf(found, columns);
}

/**
 * Describes a table as `Copier.connect` sees it.
 *
 * @param connection a `pg.Pool` or client
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
  const found = await lookUpTable(connection, name, []);
  if (found === undefined) {
    throw new SchemaMismatchError(name, ["it does not exist"], "");
  }
  return found.table;
}

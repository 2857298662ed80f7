import { conflictClause, conflictIn, type Conflict } from "./conflict.js";
import type { Column } from "./tables/column.js";
import { SCHEMA_MARK, sentColumns, type Scenario } from "./tables/scenario.js";

/** What an INSERT needs to know of the table that it writes to. */
export interface Target {
  readonly scenario: Scenario;
  readonly schema: string;
  readonly conflict: Conflict | undefined;
}

/**
 * The INSERT of one row.
 *
 * @param text the SQL of the text form of a column's value, by the number of the column
 */
export function insertSql(target: Target, text: (index: number) => string): string {
  const columns = sentColumns(target.scenario);
  const values = columns.map((column, index) => `${text(index)}::${typeIn(target.schema, column)}`);
  return insertFrom(target, `VALUES (${values.join(", ")})`);
}

/** An INSERT of what a query yields. */
export function insertFrom({ scenario, schema, conflict }: Target, query: string): string {
  const names = sentColumns(scenario).map(({ name }) => name);
  return `INSERT INTO ${schema}.${scenario.table} (${names.join(", ")})
    ${query} ${conflictClause(scenario, conflict && conflictIn(schema, conflict))}`;
}

/**
 * The type of a column without its length: a cast to `varchar(5)` would cut a value that the
 * assignment refuses.
 */
export function typeIn(schema: string, { type }: Column): string {
  const withoutLength = type.startsWith("varchar") ? "varchar" : type.replace("char(4)", "bpchar");
  return withoutLength.replace(SCHEMA_MARK, `${schema}.`);
}

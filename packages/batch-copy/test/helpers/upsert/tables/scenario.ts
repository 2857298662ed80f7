import type { Column } from "./column.js";

/** In DDL, stands before the name of each object, for the schema of the twin. */
export const SCHEMA_MARK = "@.";

/** The unique index that decides what a conflict is. */
export interface Arbiter {
  /** The columns of the table that it is about. */
  readonly columns: readonly string[];
  /** What stands between the parentheses of ON CONFLICT, if it is not these columns. */
  readonly target?: string;
  /** The predicate of a partial index. */
  readonly predicate?: string;
  readonly isPrimaryKey: boolean;
}

/** A table with all that belongs to it, for a pair of twins. */
export interface Scenario {
  readonly table: string;
  readonly columns: readonly Column[];
  readonly arbiter: Arbiter;
  /** The DDL, with {@link SCHEMA_MARK}. */
  readonly statements: readonly string[];
  /** Whether triggers write to a table of history, `h_` and the table's name. */
  readonly hasHistory: boolean;
  /** Whether the rows are written by a role that policies apply to. */
  readonly hasPolicies: boolean;
  /** Whether constraints are checked at the end of the transaction. */
  readonly hasDeferred: boolean;
  /** Whether a single INSERT of many rows is not the same as many of one row, even without ON CONFLICT. */
  readonly needsSingleRows: boolean;
  /** What the table consists of, in words. */
  readonly features: readonly string[];
}

/** The columns that rows have values for. */
export function sentColumns({ columns }: Scenario): readonly Column[] {
  return columns.filter(({ pool }) => pool !== undefined);
}

/** The statements that create a table in a schema. */
export function ddlOf({ statements }: Scenario, schema: string): string {
  return statements
    .map((statement) => `${statement.replaceAll(SCHEMA_MARK, `${schema}.`)};`)
    .join("\n");
}

/** The names of what is created for a scenario apart from the table, to be dropped with it. */
export function historyOf({ table }: Pick<Scenario, "table">): string {
  return `h_${table}`;
}

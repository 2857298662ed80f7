import { namingOf, type ColumnNames } from "./naming.js";
import { namesOf, type Table } from "./table.js";

/** The option `onConflict` after its check. */
export interface ConflictAction {
  /** Keys of the columns of a unique index; undefined for the primary key. */
  readonly columns: readonly string[] | undefined;
  /** `"all"`, `"nothing"`, keys of columns to set as they are sent, or SQL by key or column. */
  readonly update: "all" | "nothing" | readonly string[] | Readonly<Record<string, string>>;
  /** SQL: the condition of the update. */
  readonly where: string | undefined;
  /** SQL: the condition of a partial unique index. */
  readonly predicate: string | undefined;
}

/** What to do with rows that conflict, for one table. */
export interface ConflictRule extends ConflictAction {
  /** The name in SQL of a column that rows do not have, by the rule of `names`. */
  readonly nameOf: (key: string) => string;
}

/**
 * The rule of a table.
 *
 * @param names the option of a table that is given by its name
 * @throws BatchCopyError with code `INVALID_OPTION` for wrong names.
 */
export function conflictRule(
  table: Table | string,
  action: ConflictAction | undefined,
  names: ColumnNames | undefined,
): ConflictRule | undefined {
  if (action === undefined) {
    return undefined;
  }
  const { nameOf } = typeof table === "string" ? namingOf(names, "INVALID_OPTION") : namesOf(table);
  return { ...action, nameOf };
}

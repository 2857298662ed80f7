import { resolveConflict } from "../../dist/conflict-options.js";
import type { ConflictOptions } from "../../dist/index.js";
import type { Queryable } from "../../dist/table/ask-catalog.js";
import { conflictRule } from "../../dist/table/conflict-rule.js";
import { findTarget, type CopyTarget } from "../../dist/table/copy-target.js";
import { fieldChoice, type FieldOptions } from "../../dist/table/field-choice.js";
import type { Table } from "../../dist/table/table.js";

/** Options with the keys of any rows. */
export interface PlanOptions extends Partial<FieldOptions> {
  readonly onConflict?: ConflictOptions<Record<string, unknown>>;
}

/** Finds a table as `connect()` does, with its plan. */
export function findWithPlan(
  connection: Queryable,
  wanted: Table | string,
  { columns, names, onConflict }: PlanOptions = {},
): Promise<CopyTarget> {
  const fieldsOf = fieldChoice(wanted, { columns, names });
  const rule = conflictRule(wanted, resolveConflict(onConflict), names);
  return findTarget(wanted, connection, fieldsOf, rule);
}

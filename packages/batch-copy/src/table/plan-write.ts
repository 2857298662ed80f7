import { quoteIdentifier, quoteQualified } from "../codecs/identifier.js";
import type { Queryable } from "./ask-catalog.js";
import type { ConflictRule } from "./conflict-rule.js";
import type { Lookup } from "./describe-table.js";
import { planConflict } from "./plan-conflict.js";
import { stageColumns } from "./stage-columns.js";
import type { Column } from "./table.js";
import type { WritePlan } from "./write-plan.js";
import { missingForStage, refuseMissing } from "./write-privileges.js";

/** COPY into the table. */
export const PLAIN_COPY: WritePlan = {
  form: "copy",
  reasons: [],
  stageColumns: [],
  conflictClause: "",
  onConflict: undefined,
  isCounted: true,
  sortedBy: [],
  seesCommits: true,
  duplicates: undefined,
};

/**
 * Decides how rows get into a table.
 *
 * @param columns those that rows have, which fit the table
 * @throws SchemaMismatchError if the role lacks a privilege, or the table has no index for `onConflict`.
 * @throws BatchCopyError with code `INVALID_OPTION` if `onConflict` has a column or SQL that is wrong.
 */
export async function planWrite(
  found: Lookup,
  columns: readonly Column[],
  rule: ConflictRule | undefined,
  connection: Queryable,
): Promise<WritePlan> {
  const { table, facts } = found;
  if (facts === undefined) {
    return PLAIN_COPY;
  }
  if (rule !== undefined) {
    return planConflict({ table, facts, columns, rule }, connection);
  }
  const reasons = [
    ...(table.hasActiveRowSecurity ? ["row-level security is active for this role"] : []),
    ...facts.insertRules.map((name) => `the rule ${quoteIdentifier(name)}`),
  ];
  if (reasons.length === 0) {
    return PLAIN_COPY;
  }
  refuseMissing(quoteQualified(table.schema, table.name), missingForStage(facts, columns));
  return {
    ...PLAIN_COPY,
    form: "stage",
    reasons,
    stageColumns: stageColumns(columns, table.columns, facts),
    isCounted: facts.insertRules.length === 0,
  };
}

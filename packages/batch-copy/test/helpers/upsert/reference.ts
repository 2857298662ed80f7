import { insertSql, type Target } from "./insert-sql.js";
import type { Step } from "./step.js";
import type { SqlText } from "./tables/column.js";

/** The setting in which the reference leaves its outcomes, as JSON. */
export const OUTCOMES_SETTING = "upsert.outcomes";

/**
 * The reference: a block that runs the INSERT of each row in order, in a subtransaction of its own,
 * and records what came of it.
 */
export function referenceSql(target: Target, steps: readonly Step[]): string {
  const rows = steps.map(({ values }) => `{${values.map(element).join(",")}}`);
  const array = `{${rows.join(",")}}`;
  return `DO $reference$
    #variable_conflict use_column
    DECLARE
      reference_row text[];
      reference_outcomes text[] := '{}';
      reference_state text;
      reference_constraint text;
    BEGIN
      FOREACH reference_row SLICE 1 IN ARRAY $rows$${array}$rows$::text[] LOOP
        BEGIN
          ${insertSql(target, (index) => `reference_row[${index + 1}]`)};
          ${target.scenario.hasDeferred ? END_OF_TRANSACTION : ""}
          reference_outcomes := reference_outcomes || 'written'::text;
        EXCEPTION WHEN OTHERS THEN
          GET STACKED DIAGNOSTICS reference_state = RETURNED_SQLSTATE,
            reference_constraint = CONSTRAINT_NAME;
          reference_outcomes := reference_outcomes
            || rtrim(concat_ws(' ', 'refused', reference_state, reference_constraint));
        END;
      END LOOP;
      PERFORM set_config('${OUTCOMES_SETTING}', to_json(reference_outcomes)::text, false);
    END $reference$`;
}

/** What is checked at the end of a transaction. */
const END_OF_TRANSACTION = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;";

/** An element of an array's text form. */
function element(value: SqlText): string {
  return value === null ? "NULL" : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

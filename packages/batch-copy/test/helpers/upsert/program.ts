import { inspect } from "node:util";

import { insertSql } from "./insert-sql.js";
import type { Setting } from "./setting.js";
import type { Step } from "./step.js";
import type { SqlText } from "./tables/column.js";
import { ddlOf, sentColumns } from "./tables/scenario.js";
import type { Finding } from "./trial.js";
import type { Twins } from "./twins.js";

const VALUE = 40;
const LINE = 300;

/** All that one needs to see a difference again: the DDL, the options, the rows and the calls. */
export function programOf(
  { scenario, place }: Twins,
  { conflict, ...others }: Setting,
  { steps, differences }: Finding,
): string {
  const { actualSchema: schema, role } = place;
  const names = sentColumns(scenario).map(({ name }) => name);
  return [
    `-- ${scenario.features.join(", ")}${scenario.hasPolicies ? `; written as ${role}` : ""}`,
    ddlOf(scenario, schema),
    "",
    `-- options: ${inspect({ onConflict: conflict, ...others }, { breakLength: Infinity })}`,
    "-- row by row:",
    insertSql({ scenario, schema, conflict }, (index) => `$${index + 1}`),
    "",
    `-- rows (${names.join(", ")}):`,
    ...steps.map(
      ({ values, by, pause }) => `--   ${by} (${values.map(shown).join(", ")})${suffix(pause)}`,
    ),
    "",
    ...differences.map(cut),
  ].join("\n");
}

function shown(value: SqlText): string {
  return inspect(value, { maxStringLength: VALUE });
}

function suffix(pause: Step["pause"]): string {
  return pause === "none" ? "" : `, then ${pause}`;
}

function cut(line: string): string {
  return line.length > LINE ? `${line.slice(0, LINE)}…` : line;
}

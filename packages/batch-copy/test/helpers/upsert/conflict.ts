import type { SeededRandom } from "../fault/seeded-random.js";
import { SCHEMA_MARK, sentColumns, type Arbiter, type Scenario } from "./tables/scenario.js";

/** The option `onConflict`. */
export interface Conflict {
  readonly columns?: readonly string[];
  readonly predicate?: string;
  readonly update: "all" | "nothing" | readonly string[] | Readonly<Record<string, string>>;
  readonly where?: string;
}

/** A random `onConflict` for a table. */
export function randomConflict(scenario: Scenario, random: SeededRandom): Conflict {
  const update = randomUpdate(scenario, random);
  const where = random.pick(conditions(scenario.table));
  return {
    ...target(scenario.arbiter, random),
    update,
    ...(update !== "nothing" && random.percent(25) ? { where } : {}),
  };
}

/** The primary key need not be named, nor the predicate of the only partial index. */
function target(arbiter: Arbiter, random: SeededRandom): Partial<Conflict> {
  const { columns, predicate, isPrimaryKey } = arbiter;
  return {
    ...(isPrimaryKey && random.percent(50) ? {} : { columns }),
    ...(predicate === undefined || random.percent(50) ? {} : { predicate }),
  };
}

function randomUpdate(scenario: Scenario, random: SeededRandom): Conflict["update"] {
  switch (random.below(5)) {
    case 0:
      return "nothing";
    case 1: {
      const names = sentColumns(scenario).map(({ name }) => name);
      const chosen = names.filter(() => random.percent(50));
      return chosen.length > 0 ? chosen : names;
    }
    case 2:
      return randomExpressions(scenario, random);
    default:
      return "all";
  }
}

function randomExpressions(scenario: Scenario, random: SeededRandom): Record<string, string> {
  const { table, columns } = scenario;
  const all: Record<string, string> = {
    hits: random.pick([`${table}.hits + excluded.hits`, `${table}.hits / excluded.hits`]),
    note: `left(concat(${table}.note, excluded.note), 50)`,
    mark: random.pick(["nullif(excluded.mark, 5)", `greatest(${table}.mark, excluded.mark)`]),
    n: random.pick(["excluded.n", `coalesce(excluded.n, ${table}.n)`, countRows(table)]),
    ...(columns.some(({ name }) => name === "made") ? { made: "now()" } : {}),
  };
  const names = Object.keys(all).filter(() => random.percent(60));
  return Object.fromEntries(
    (names.length > 0 ? names : ["hits"]).map((name) => [name, all[name]!]),
  );
}

function countRows(table: string): string {
  return `(SELECT count(*) FROM ${SCHEMA_MARK}${table})::int`;
}

function conditions(table: string): readonly string[] {
  return [
    `excluded.n > ${table}.n`,
    `${table}.hits < 3`,
    `excluded.note IS DISTINCT FROM ${table}.note`,
    `12 / excluded.hits > ${table}.n`,
  ];
}

/** The same with the schema of a twin. */
export function conflictIn(schema: string, conflict: Conflict): Conflict {
  return JSON.parse(JSON.stringify(conflict).replaceAll(SCHEMA_MARK, `${schema}.`)) as Conflict;
}

/** What PostgreSQL calls it, or "" for a plain INSERT. */
export function conflictClause(scenario: Scenario, conflict: Conflict | undefined): string {
  if (conflict === undefined) {
    return "";
  }
  const { columns, target: expression = columns.join(", "), predicate } = scenario.arbiter;
  const index = `(${expression})${predicate === undefined ? "" : ` WHERE ${predicate}`}`;
  const { update, where } = conflict;
  if (update === "nothing") {
    return `ON CONFLICT ${index} DO NOTHING`;
  }
  const condition = where === undefined ? "" : ` WHERE ${where}`;
  return `ON CONFLICT ${index} DO UPDATE SET ${assignments(scenario, update)}${condition}`;
}

function assignments(scenario: Scenario, update: Exclude<Conflict["update"], "nothing">): string {
  if (update !== "all" && !isList(update)) {
    return Object.entries(update)
      .map(([name, sql]) => `${name} = ${sql}`)
      .join(", ");
  }
  const names = update === "all" ? sentColumns(scenario).map(({ name }) => name) : update;
  return names.map((name) => `${name} = excluded.${name}`).join(", ");
}

function isList(update: Conflict["update"]): update is readonly string[] {
  return Array.isArray(update);
}

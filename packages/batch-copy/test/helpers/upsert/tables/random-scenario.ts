import type { SeededRandom } from "../../fault/seeded-random.js";
import { columnFeatures } from "./column-features.js";
import { column, type Column } from "./column.js";
import { constraintFeatures } from "./constraint-features.js";
import type { Draft, Feature } from "./feature.js";
import { keyKinds, type KeyKind } from "./key-kinds.js";
import { choosePartitions, type Partitions } from "./partitions.js";
import { policyFeature } from "./policy-feature.js";
import type { Scenario } from "./scenario.js";
import type { ServerFeatures } from "./server-features.js";
import { triggerFeatures } from "./trigger-features.js";

/** Of a hundred tables, those that have nothing but a key and what every table has. */
const PLAIN_PERCENT = 15;

/** What every table has. `mark` is the number of the row in its sequence, by which it is recognized. */
const COMMON: Feature = {
  name: "columns of all",
  columns: [
    column("n", "int", ["0", "1", "2", "3", "4", "5", "6", "7", null]),
    column("hits", "int", ["1", "2", "3"], { bad: ["0"] }),
    column("note", "text", ["x", "y", null, "longer than the others"]),
  ],
};

const FEATURES = [...constraintFeatures, ...columnFeatures, ...triggerFeatures, policyFeature];

/** A random table. */
export function randomScenario(
  table: string,
  random: SeededRandom,
  server: ServerFeatures,
): Scenario {
  const key = random.pick(keyKinds(server));
  const partitions = choosePartitions(key, random);
  const draft: Draft = { key, random, server, isPartitioned: partitions !== undefined };
  return scenarioOf(table, { key, partitions, features: chooseFeatures(draft) });
}

function chooseFeatures(draft: Draft): readonly Feature[] {
  if (draft.random.percent(PLAIN_PERCENT)) {
    return [];
  }
  const features = FEATURES.filter(
    ({ percent, fits }) => draft.random.percent(percent) && fits?.(draft) !== false,
  ).map(({ make }) => make(draft));
  const names = new Set(features.map(({ name }) => name));
  return features.filter(({ excludes = "" }) => !names.has(excludes));
}

/** A table with a key and features that are chosen by name. */
export function scenarioWith(
  table: string,
  { key: keyName, features }: { key: string; features: readonly string[] },
  server: ServerFeatures,
  random: SeededRandom,
): Scenario {
  const key = keyKinds(server).find((kind) => kind.name === keyName)!;
  const all = FEATURES.map(({ make }) => make({ key, random, server, isPartitioned: false }));
  const chosen = features.map((name) => all.find((feature) => feature.name === name)!);
  return scenarioOf(table, { key, features: chosen });
}

/** What a table is made of. */
interface ScenarioParts {
  readonly key: KeyKind;
  readonly partitions?: Partitions | undefined;
  readonly features: readonly Feature[];
}

/** The table that consists of these parts. */
function scenarioOf(table: string, { key, partitions, features }: ScenarioParts): Scenario {
  const all = [COMMON, ...features];
  const columns = [
    ...key.columns,
    column("mark", "int", [], { rest: "NOT NULL" }),
    ...all.flatMap((feature) => feature.columns ?? []),
  ].map((each) => columnIn(table, each));
  const hasHistory = features.some(({ writesHistory }) => writesHistory);
  const statements = statementsOf({ key, partitions, features: all }, columns, hasHistory);
  return {
    table,
    columns,
    arbiter: key.arbiter,
    statements: statements.map((sql) => named(sql, table)),
    hasHistory,
    hasDeferred: statements.some((sql) => sql.includes("INITIALLY DEFERRED")),
    hasPolicies: features.some(({ hasPolicies }) => hasPolicies),
    needsSingleRows: features.some(({ needsSingleRows }) => needsSingleRows),
    features: [key.name, partitions, ...features].flatMap((part) =>
      part === undefined ? [] : [typeof part === "string" ? part : part.name],
    ),
  };
}

function columnIn(table: string, each: Column): Column {
  return { ...each, type: named(each.type, table), rest: named(each.rest, table) };
}

/** Puts the table's name in its place. */
function named(sql: string | undefined, table: string): string {
  return (sql ?? "").replaceAll("{T}", table);
}

function statementsOf(
  { key, partitions, features }: ScenarioParts,
  columns: Scenario["columns"],
  hasHistory: boolean,
): string[] {
  const lines = columns.map(({ name, type, rest }) => `${name} ${type} ${rest}`.trimEnd());
  const constraints = [key, ...features].flatMap(({ constraint = [] }) => constraint);
  const division = partitions === undefined ? "" : ` PARTITION BY ${partitions.by}`;
  return [
    ...[key, ...features].flatMap(({ before = [] }) => before),
    ...(hasHistory
      ? ["CREATE TABLE @.h_{T} (id bigint GENERATED ALWAYS AS IDENTITY, entry text)"]
      : []),
    `CREATE TABLE @.{T} (\n  ${[...lines, ...constraints].join(",\n  ")})${division}`,
    ...(partitions?.statements ?? []),
    ...(key.index === undefined ? [] : [`CREATE UNIQUE INDEX ON @.{T} ${key.index}`]),
    ...features.flatMap(({ after = [] }) => after),
  ];
}

import type { Pool, PoolClient, QueryResult, QueryResultRow } from "pg";

import type { Conflict } from "./conflict.js";
import type { RowOutcome } from "./outcome.js";
import { OUTCOMES_SETTING, referenceSql } from "./reference.js";
import type { Step } from "./step.js";
import type { Column } from "./tables/column.js";
import { ddlOf, historyOf, type Scenario } from "./tables/scenario.js";

/** Where twins are, and who writes to them. */
export interface TwinPlace {
  readonly url: string;
  readonly pool: Pool;
  /** Of the table that the reference writes. */
  readonly expectedSchema: string;
  /** Of the table that the contender writes. */
  readonly actualSchema: string;
  /** The role that policies apply to. */
  readonly role: string;
}

/** What a table and its history contain, as text: the rows sorted, the history in order. */
interface Contents {
  readonly rows: readonly string[];
  readonly history: readonly string[];
}

/** What is in both tables. */
export interface TwinContents {
  readonly expected: Contents;
  readonly actual: Contents;
}

/** Two tables of one scenario: one for the reference, one for a contender. */
export class Twins {
  readonly scenario: Scenario;
  readonly place: TwinPlace;

  static async create(place: TwinPlace, scenario: Scenario): Promise<Twins> {
    for (const schema of [place.expectedSchema, place.actualSchema]) {
      await place.pool.query(ddlOf(scenario, schema));
      if (scenario.hasPolicies) {
        await place.pool.query(`GRANT ALL ON ALL TABLES IN SCHEMA ${schema} TO ${place.role};
          GRANT ALL ON ALL SEQUENCES IN SCHEMA ${schema} TO ${place.role}`);
      }
    }
    return new Twins(place, scenario);
  }

  private constructor(place: TwinPlace, scenario: Scenario) {
    this.place = place;
    this.scenario = scenario;
  }

  /** Empties both tables and what triggers wrote. A truncated table costs ten times as much. */
  async empty(): Promise<void> {
    const { scenario, place } = this;
    const names = [scenario.table, ...(scenario.hasHistory ? [historyOf(scenario)] : [])];
    const schemas = [place.expectedSchema, place.actualSchema];
    const deletes = schemas.flatMap((schema) =>
      names.map((name) => `DELETE FROM ${schema}.${name}`),
    );
    await place.pool.query(deletes.join(";"));
  }

  /** Writes the rows to the first table, each by an INSERT of its own. */
  async writeReference(
    conflict: Conflict | undefined,
    steps: readonly Step[],
  ): Promise<readonly RowOutcome[]> {
    const { scenario, place } = this;
    const target = { scenario, schema: place.expectedSchema, conflict };
    const { rows } = await lastResult<{ outcomes: string }>(
      place.pool,
      `${this.#asWriter(referenceSql(target, steps))};
        SELECT current_setting('${OUTCOMES_SETTING}') AS outcomes`,
    );
    return JSON.parse(rows[0]!.outcomes) as RowOutcome[];
  }

  async read(): Promise<TwinContents> {
    const { expectedSchema, actualSchema } = this.place;
    const { rows } = await this.place.pool.query<TwinContents>(
      `SELECT ${this.#contents(expectedSchema)} AS expected, ${this.#contents(actualSchema)} AS actual`,
    );
    return rows[0]!;
  }

  async drop(): Promise<void> {
    const { scenario, place } = this;
    for (const schema of [place.expectedSchema, place.actualSchema]) {
      await place.pool.query(`DROP SCHEMA ${schema} CASCADE; CREATE SCHEMA ${schema};
        GRANT USAGE ON SCHEMA ${schema} TO ${place.role} /* ${scenario.table} */`);
    }
  }

  /** Lends a client of the role that writes. */
  async borrowWriter(): Promise<PoolClient> {
    const client = await this.place.pool.connect();
    await client.query(this.scenario.hasPolicies ? `SET ROLE ${this.place.role}` : "RESET ROLE");
    return client;
  }

  #asWriter(sql: string): string {
    return this.scenario.hasPolicies ? `SET ROLE ${this.place.role}; ${sql}; RESET ROLE` : sql;
  }

  #contents(schema: string): string {
    const { scenario } = this;
    const columns = scenario.columns.map(comparable);
    const history = scenario.hasHistory
      ? `ARRAY(SELECT entry FROM ${schema}.${historyOf(scenario)} ORDER BY id)`
      : "ARRAY[]::text[]";
    return `json_build_object(
      'rows', ARRAY(SELECT line FROM
        (SELECT ROW(${columns.join(", ")})::text AS line FROM ${schema}.${scenario.table}) lines
        ORDER BY line COLLATE "C"),
      'history', ${history})`;
  }
}

/** What of a column must be the same in both tables. */
function comparable({ name, compare }: Column): string {
  switch (compare) {
    case "text":
      return `${name}::text`;
    case "rank":
      return `rank() OVER (ORDER BY ${name})`;
    case "presence":
      return `${name} IS NOT NULL`;
  }
}

/** The result of the last of several statements. */
async function lastResult<Row extends QueryResultRow>(
  pool: Pool,
  statements: string,
): Promise<QueryResult<Row>> {
  const results = (await pool.query(statements)) as unknown as QueryResult<Row>[];
  return results.at(-1)!;
}

import type { PoolClient } from "pg";

import type { Contender, Session } from "../contender.js";
import { insertFrom, typeIn, type Target } from "../insert-sql.js";
import { WRITTEN, type RowOutcome } from "../outcome.js";
import type { Setting } from "../setting.js";
import type { Step } from "../step.js";
import { sentColumns } from "../tables/scenario.js";
import type { Twins } from "../twins.js";
import { insertEach } from "./row-by-row.js";

/** What a stage tells the order of its rows by. */
type Order = "ordinal" | "ctid";

/**
 * Writes each batch to a temporary table that is kept, and merges it by one INSERT of the last row of
 * each key, whatever the table. A batch that is refused is written row by row.
 */
export function fastStage(order: Order): Contender {
  return {
    async open(twins, setting) {
      const client = await twins.borrowWriter();
      await client.query(createStage(twins));
      return new FastStage(client, twins, setting, order);
    },
  };
}

class FastStage implements Session {
  readonly #client: PoolClient;
  readonly #target: Target;
  readonly #merge: string;
  readonly #maxBatchRows: number;

  constructor(client: PoolClient, twins: Twins, setting: Setting, order: Order) {
    const { scenario, place } = twins;
    this.#client = client;
    this.#target = { scenario, schema: place.actualSchema, conflict: setting.conflict };
    this.#merge = mergeSql(this.#target, order);
    this.#maxBatchRows = setting.maxBatchRows;
  }

  async write(steps: readonly Step[]): Promise<readonly RowOutcome[]> {
    const outcomes: RowOutcome[] = [];
    for (const batch of batchesOf(steps, this.#maxBatchRows)) {
      outcomes.push(...(await this.#writeBatch(batch)));
    }
    return outcomes;
  }

  async close(): Promise<void> {
    await this.#client.query("DROP TABLE pg_temp.stage; RESET ROLE");
    this.#client.release();
  }

  async #writeBatch(batch: readonly Step[]): Promise<readonly RowOutcome[]> {
    const { scenario, schema } = this.#target;
    const columns = sentColumns(scenario);
    const values: (string | null)[] = [];
    const rows = batch.map((step) => {
      const cells = columns.map(
        (column, index) => `$${values.push(step.values[index]!)}::text::${typeIn(schema, column)}`,
      );
      return `(${cells.join(", ")})`;
    });
    const names = columns.map(({ name }) => name).join(", ");
    await this.#client.query("BEGIN");
    try {
      await this.#client.query(
        `INSERT INTO pg_temp.stage (${names}) VALUES ${rows.join(", ")}`,
        values,
      );
      await this.#client.query(this.#merge);
      await this.#client.query("COMMIT");
      return batch.map(() => WRITTEN);
    } catch {
      await this.#client.query("ROLLBACK");
      return insertEach(this.#client, this.#target, batch);
    }
  }
}

function createStage({ scenario, place }: Twins): string {
  const columns = sentColumns(scenario).map(
    (column) => `${column.name} ${typeIn(place.actualSchema, column)} ${collationOf(column.rest)}`,
  );
  return `CREATE TEMP TABLE stage (${columns.join(", ")}, ordinal bigint GENERATED ALWAYS AS IDENTITY)
    ON COMMIT DELETE ROWS`;
}

function collationOf(rest: string | undefined): string {
  return /COLLATE \S+/.exec(rest ?? "")?.[0] ?? "";
}

/** DO NOTHING keeps the first row of a key, anything else the last one. */
function mergeSql(target: Target, order: Order): string {
  const { scenario, conflict } = target;
  const names = sentColumns(scenario).map(({ name }) => name);
  const { columns, target: key = columns.join(", ") } = scenario.arbiter;
  const direction = conflict?.update === "nothing" ? "ASC" : "DESC";
  return insertFrom(
    target,
    `SELECT ${names.join(", ")} FROM
      (SELECT DISTINCT ON (${key}) *, ctid AS place FROM pg_temp.stage ORDER BY ${key}, ${order} ${direction}) last
      ORDER BY ${order === "ctid" ? "place" : "ordinal"}`,
  );
}

function batchesOf(steps: readonly Step[], maxRows: number): readonly (readonly Step[])[] {
  const batches: Step[][] = [[]];
  for (const step of steps) {
    if (batches.at(-1)!.length >= maxRows) {
      batches.push([]);
    }
    batches.at(-1)!.push(step);
    if (step.pause === "flush") {
      batches.push([]);
    }
  }
  return batches.filter(({ length }) => length > 0);
}

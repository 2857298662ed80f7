import { setImmediate as turn } from "node:timers/promises";

import { Pool } from "pg";

import {
  Copier,
  EncodeError,
  RowRejectedError,
  type CopierOptions,
} from "../../../../dist/index.js";
import { conflictIn } from "../conflict.js";
import type { Contender, Session } from "../contender.js";
import { INVALID, refused, WRITTEN, type RowOutcome } from "../outcome.js";
import type { Setting } from "../setting.js";
import type { Step } from "../step.js";
import { sentColumns, type Scenario } from "../tables/scenario.js";
import type { Twins } from "../twins.js";
import { callsOf } from "./calls.js";

type Row = Record<string, unknown>;

/** batch-copy itself. */
export const copierContender: Contender = {
  open: (twins, setting) => CopierSession.open(twins, setting),
};

class CopierSession implements Session {
  readonly #scenario: Scenario;
  readonly #copier: Copier<Row>;
  readonly #closePool: () => Promise<void>;
  readonly #outcomes: Map<unknown, RowOutcome>;

  static async open(twins: Twins, setting: Setting): Promise<CopierSession> {
    const { scenario, place } = twins;
    const outcomes = new Map<unknown, RowOutcome>();
    const config = {
      connectionString: place.url,
      ...(scenario.hasPolicies ? { options: `-c role=${place.role}` } : {}),
    };
    const pool = setting.usesPool ? new Pool({ ...config, max: setting.connections }) : undefined;
    const copier = await Copier.connect<Row>(`${place.actualSchema}.${scenario.table}`, {
      ...(pool === undefined ? { connection: config } : { pool }),
      ...optionsOf(scenario, setting),
      ...onConflictOf(setting, place.actualSchema),
      onReject: ({ row, error }) => void outcomes.set(row["mark"], outcomeOf(error)),
    });
    return new CopierSession(scenario, copier, outcomes, async () => pool?.end());
  }

  private constructor(
    scenario: Scenario,
    copier: Copier<Row>,
    outcomes: Map<unknown, RowOutcome>,
    closePool: () => Promise<void>,
  ) {
    this.#scenario = scenario;
    this.#copier = copier;
    this.#outcomes = outcomes;
    this.#closePool = closePool;
  }

  async write(steps: readonly Step[]): Promise<readonly RowOutcome[]> {
    this.#outcomes.clear();
    const rows = steps.map(({ values }) => rowOf(this.#scenario, values));
    const pending: Promise<void>[] = [];
    for (const { by, from, to, pause } of callsOf(steps)) {
      const some = rows.slice(from, to);
      if (by === "sendMany") {
        await this.#sendMany(some);
      } else {
        pending.push(this.#note(some[0]!, this.#copier[by](some[0]!)));
      }
      await this.#pause(pause);
    }
    await Promise.all(pending);
    await this.#copier.flush();
    return rows.map((row) => this.#outcomes.get(row["mark"]) ?? WRITTEN);
  }

  async close(): Promise<void> {
    await this.#copier.close({ timeoutMs: 5000 });
    await this.#closePool();
  }

  async #pause(pause: Step["pause"]): Promise<void> {
    if (pause === "flush") {
      await this.#copier.flush();
    } else if (pause === "turn") {
      await turn();
    }
  }

  async #note(row: Row, call: Promise<void>): Promise<void> {
    try {
      await call;
    } catch (error) {
      this.#outcomes.set(row["mark"], outcomeOf(error));
    }
  }

  /** Goes on after a row that is invalid. */
  async #sendMany(rows: readonly Row[]): Promise<void> {
    for (let start = 0; start < rows.length;) {
      try {
        start += await this.#copier.sendMany(rows.slice(start));
      } catch (error) {
        start += (error as EncodeError).accepted ?? 0;
        this.#outcomes.set(rows[start]!["mark"], outcomeOf(error));
        start++;
      }
    }
  }
}

function optionsOf(scenario: Scenario, { connections, maxBatchRows }: Setting): CopierOptions<Row> {
  return {
    columns: sentColumns(scenario).map(({ name }) => name),
    connections,
    maxBatchRows,
    // Batches end where the sequence says so.
    flushIntervalMs: 60_000,
    retry: { minDelayMs: 1, maxDelayMs: 20, timeoutMs: 2000 },
  };
}

function onConflictOf({ conflict }: Setting, schema: string): CopierOptions<Row> {
  return conflict === undefined ? {} : { onConflict: conflictIn(schema, conflict) };
}

function rowOf(scenario: Scenario, values: Step["values"]): Row {
  const entries = sentColumns(scenario).map(({ name, type, toValue }, index) => {
    const text = values[index] ?? null;
    const value = name === "mark" ? Number(text) : text === null ? null : (toValue?.(text) ?? text);
    return [name, value, type] as const;
  });
  return Object.fromEntries(entries.map(([name, value]) => [name, value]));
}

/** What an error says of its row; that of no row is its own text. */
function outcomeOf(error: unknown): RowOutcome {
  if (error instanceof EncodeError) {
    return INVALID;
  }
  if (error instanceof RowRejectedError) {
    return refused(error.sqlState, error.constraint);
  }
  return String(error);
}

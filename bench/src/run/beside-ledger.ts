import { ledgerDdl } from "batch-copy";

import type { Options } from "../contenders/job.js";
import { LEDGER, rowsOfSource, sourceName } from "../workloads/ledger.js";
import type { Workload } from "../workloads/workload.js";
import type { BenchDatabase, Totals } from "./bench-database.js";
import type { Scenario } from "./scenario.js";

/** The names of others' sources begin with this. */
const HELD_PREFIX = "held/";

/** The ledger of a run. */
export interface LedgerContents {
  /** How many sources of others are in it before the run. They must still be there after it. */
  readonly held: number;
  /** The positions that the sources of the run must have after it, in the order of their numbers. */
  readonly positions: readonly number[];
}

/** What a run of so many rows finds in the ledger, and must leave there. */
export type LedgerOf = (rows: number) => LedgerContents;

/** For a run whose rows come from no source, although `held` sources of others may be there. */
export function withoutSources(held = 0): LedgerOf {
  return () => ({ held, positions: [] });
}

/** Row `n` is sent by source `n % sources`. Its position is the number of rows before it from there. */
export function sourcesInTurn(sources: number): LedgerOf {
  return (rows) => ({
    held: 0,
    positions: Array.from({ length: sources }, (_, number) => rowsOfSource(number, sources, rows)),
  });
}

/** One source sends `unitRows` rows at each position. */
export function inUnits(unitRows: number): LedgerOf {
  return (rows) => ({ held: 0, positions: [Math.ceil(rows / unitRows)] });
}

/** Rows are written to the tables of a scenario, with a ledger beside them. */
export class BesideLedger implements Scenario {
  readonly key: string;
  readonly tables: readonly Workload[];
  readonly #database: BenchDatabase;
  readonly #scenario: Scenario;
  readonly #contents: LedgerContents;
  readonly #isUsed: boolean;

  /** @param isUsed whether the run is to write to the ledger */
  constructor(
    database: BenchDatabase,
    scenario: Scenario,
    { contents, isUsed }: { readonly contents: LedgerContents; readonly isUsed: boolean },
  ) {
    this.key = `${scenario.key} beside a ledger`;
    this.tables = scenario.tables;
    this.#database = database;
    this.#scenario = scenario;
    this.#contents = contents;
    this.#isUsed = isUsed;
  }

  async create(): Promise<void> {
    await this.#scenario.create();
    await this.#database.client.query(
      `${ledgerDdl(LEDGER)} ALTER TABLE ${LEDGER} SET (autovacuum_enabled = false)`,
    );
  }

  totals(): Promise<readonly Totals[]> {
    return this.#scenario.totals();
  }

  files(implementation: string, options: Options): Promise<readonly string[]> {
    return this.#scenario.files(implementation, options);
  }

  async reset(): Promise<void> {
    await this.#database.client.query(`TRUNCATE ${LEDGER}`);
    await this.#database.client.query(
      `INSERT INTO ${LEDGER} (source, owner, session, position)
       SELECT '${HELD_PREFIX}' || n, gen_random_uuid(), gen_random_uuid(), n FROM generate_series(1, $1::int) n`,
      [this.#contents.held],
    );
    await this.#database.client.query(`VACUUM (ANALYZE) ${LEDGER}`);
    await this.#scenario.reset();
  }

  /** Throws an Error if the ledger has other positions, or was left out of the run. */
  async verify(): Promise<void> {
    const { held, positions } = this.#contents;
    const found = await this.#positions();
    for (const [number, position] of positions.entries()) {
      const source = sourceName(number);
      const is = found.get(source) ?? "no position";
      if (is !== position) {
        throw new Error(`the ledger has ${source} at ${is} instead of ${position}`);
      }
    }
    const others = [...found.keys()].filter((source) => source.startsWith(HELD_PREFIX)).length;
    if (others !== held) {
      throw new Error(`the ledger has ${others} sources of others instead of ${held}`);
    }
    if (held === 0 && (await this.#wasWritten()) !== this.#isUsed) {
      throw new Error(`the ledger was ${this.#isUsed ? "not written to" : "written to"}`);
    }
  }

  /** A ledger that was empty has a page, even if the rows that were in it are deleted. */
  async #wasWritten(): Promise<boolean> {
    const { rows } = await this.#database.client.query<{ written: boolean }>(
      "SELECT pg_relation_size($1) > 0 AS written",
      [LEDGER],
    );
    return rows[0]!.written;
  }

  async #positions(): Promise<Map<string, number>> {
    const { rows } = await this.#database.client.query<{ source: string; position: string }>(
      `SELECT source, position FROM ${LEDGER}`,
    );
    return new Map(rows.map(({ source, position }) => [source, Number(position)]));
  }
}

import { CONNECTIONS, type Options } from "../contenders/job.js";
import type { Share } from "../workloads/share.js";
import type { Workload } from "../workloads/workload.js";
import type { BenchDatabase, Totals } from "./bench-database.js";
import type { References } from "./reference.js";
import type { Scenario } from "./scenario.js";

const COPIES_FILES: ReadonlySet<string> = new Set(["psql", "socket", "server-copy", "append-sync"]);

/** What is divided, and how. */
export interface Division {
  readonly workload: Workload;
  readonly rows: number;
  readonly shares: readonly Share[];
}

/** Rows are written to empty tables without indexes. */
export class EmptyTables implements Scenario {
  readonly key: string;
  readonly tables: readonly Workload[];
  readonly #database: BenchDatabase;
  readonly #references: References;
  readonly #division: Division;

  constructor(database: BenchDatabase, references: References, division: Division) {
    this.tables = division.shares.map(({ workload }) => workload);
    this.key = this.tables.map(({ name }) => name).join();
    this.#database = database;
    this.#references = references;
    this.#division = division;
  }

  create(): Promise<void> {
    return this.#database.create(this.tables);
  }

  totals(): Promise<readonly Totals[]> {
    return this.#references.totals(this.#division.shares);
  }

  async files(implementation: string, options: Options): Promise<readonly string[]> {
    if (!COPIES_FILES.has(implementation)) return [];
    const { workload, rows } = this.#division;
    return this.#references.files(workload, rows, options["connections"] ?? CONNECTIONS);
  }

  reset(): Promise<void> {
    return this.#database.empty(this.tables);
  }
}

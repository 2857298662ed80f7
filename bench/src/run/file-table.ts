import { LEDGER } from "../workloads/ledger.js";
import type { Workload } from "../workloads/workload.js";
import type { BenchDatabase, Totals } from "./bench-database.js";
import type { References } from "./reference.js";
import type { Scenario } from "./scenario.js";

/** Which rows are expected. */
export interface FileTableOptions {
  readonly workload: Workload;
  readonly rows: number;
  /** After so many, the rows begin anew. @default they do not */
  readonly cycle?: number | undefined;
}

/** A file is loaded into an empty table, and no ledger knows it. */
export class FileTable implements Scenario {
  readonly key: string;
  readonly tables: readonly Workload[];
  readonly #database: BenchDatabase;
  readonly #references: References;
  readonly #options: FileTableOptions;

  constructor(database: BenchDatabase, references: References, options: FileTableOptions) {
    this.key = options.workload.name;
    this.tables = [options.workload];
    this.#database = database;
    this.#references = references;
    this.#options = options;
  }

  create(): Promise<void> {
    return this.#database.create(this.tables);
  }

  /** The checksum is a sum over rows, so that of a cycle is enough. */
  async totals(): Promise<readonly Totals[]> {
    const { workload, rows, cycle = rows } = this.#options;
    const times = rows % cycle === 0 ? rows / cycle : 1;
    const totals = await this.#references.totals([{ workload, rows: rows / times }]);
    return totals.map((once) => ({
      rows: once.rows * times,
      checksum: String(BigInt(once.checksum) * BigInt(times)),
    }));
  }

  async files(): Promise<readonly string[]> {
    return [];
  }

  async reset(): Promise<void> {
    await this.#database.client.query(`DROP TABLE IF EXISTS ${LEDGER}`);
    await this.#database.empty(this.tables);
  }
}

import { isBinary, type Options } from "../contenders/job.js";
import { onConflictClause } from "../contenders/upsert-statement.js";
import { workloadNamed } from "../workloads/registry.js";
import {
  CHECK,
  KEY,
  storedWorkload,
  upsertsWorkload,
  type AccountsTable,
  type Conflicts,
} from "../workloads/upserts.js";
import { qualifiedName, type Workload } from "../workloads/workload.js";
import type { BenchDatabase, Totals } from "./bench-database.js";
import type { References } from "./reference.js";
import type { Scenario } from "./scenario.js";

/** What is sent to which table. */
export interface Upserts extends Conflicts {
  readonly table: AccountsTable;
  readonly rows: number;
}

/** Rows are written to a table that holds rows already, some of them with the same keys. */
export class StoredRows implements Scenario {
  readonly key: string;
  readonly tables: readonly Workload[];
  readonly #database: BenchDatabase;
  readonly #references: References;
  readonly #rows: number;
  readonly #target: Workload;
  readonly #stored: Workload;
  readonly #incoming: Workload;

  constructor(
    database: BenchDatabase,
    references: References,
    { table, rows, percent, stored }: Upserts,
  ) {
    this.key = `upserts of ${stored}`;
    this.#database = database;
    this.#references = references;
    this.#rows = rows;
    this.#target = workloadNamed(`${table}:${percent}:${stored}`);
    this.#stored = storedWorkload(stored);
    this.#incoming = upsertsWorkload("incoming", { percent, stored });
    this.tables = [this.#target];
  }

  /** All tables at once, because contenders take turns. */
  async create(): Promise<void> {
    const names: readonly AccountsTable[] = ["upserts", "checked-upserts"];
    const { rows: stored } = this.#stored;
    const targets = names.map((name) => upsertsWorkload(name, { percent: 0, stored }));
    await this.#database.create([this.#stored, this.#incoming, ...targets]);
    const [plain, checked] = targets.map(qualifiedName);
    await this.#database.client.query(
      `ALTER TABLE ${plain} ADD PRIMARY KEY (${KEY});
       ALTER TABLE ${checked} ADD PRIMARY KEY (${KEY}), ADD CHECK (${CHECK});`,
    );
    await this.#references.fill(this.#stored, stored);
  }

  /** What an INSERT … ON CONFLICT of each row leaves, in the order in which rows are sent. */
  totals(): Promise<readonly Totals[]> {
    const { name } = this.#incoming;
    return this.#references.once(`${name} ${this.#rows}`, async () => {
      await this.reset();
      await this.#references.fill(this.#incoming, this.#rows);
      const incoming = qualifiedName(this.#incoming);
      await this.#database.client.query(
        `DO $$
         DECLARE sent ${incoming};
         BEGIN
           FOR sent IN SELECT * FROM ${incoming} LOOP
             INSERT INTO ${qualifiedName(this.#target)} SELECT (sent).* ${onConflictClause(this.#target)};
           END LOOP;
         END $$`,
      );
      return [await this.#database.totals(this.#target)];
    });
  }

  /** A file for each batch. */
  async files(implementation: string, options: Options): Promise<readonly string[]> {
    if (implementation !== "upsert-psql") return [];
    const { batchRows = this.#rows } = options;
    const parts = Math.ceil(this.#rows / batchRows);
    return isBinary(options)
      ? this.#references.files(this.#incoming, this.#rows, parts)
      : this.#references.textFiles(this.#incoming, this.#rows, parts);
  }

  /** No contender pays for what the previous one left: dead rows, and pages to be written. */
  async reset(): Promise<void> {
    await this.#database.empty([this.#target]);
    const target = qualifiedName(this.#target);
    await this.#database.client.query(
      `INSERT INTO ${target} SELECT * FROM ${qualifiedName(this.#stored)}`,
    );
    await this.#database.client.query(`VACUUM (ANALYZE) ${target}`);
    await this.#database.checkpoint();
  }
}

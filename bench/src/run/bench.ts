import { CONNECTIONS, type Options } from "../contenders/job.js";
import { workloadNamed } from "../workloads/registry.js";
import { toOneTable, type Divide } from "../workloads/share.js";
import type { Workload } from "../workloads/workload.js";
import { BenchDatabase, type Totals } from "./bench-database.js";
import { References } from "./reference.js";
import { runWorker } from "./run-worker.js";
import type { Sample } from "./sample.js";
import type { Tools } from "./tools.js";

const COPIES_FILES: ReadonlySet<string> = new Set(["psql", "socket", "server-copy"]);

/** One run. */
export interface Run {
  readonly implementation: string;
  readonly workload: string;
  readonly rows: number;
  readonly options?: Options;
  /**
   * How the rows are divided among tables. The contender must divide them in the same way.
   * @default all go to the workload's own table
   */
  readonly divide?: Divide;
  /** Another URL of the server, such as a proxy's. */
  readonly databaseUrl?: string;
  /** What to do to the server while the contender writes. */
  readonly meanwhile?: () => Promise<void>;
}

/** What a bench works with. */
export interface BenchSettings {
  readonly tools: Tools;
  /** For the workers that run in Node. */
  readonly nodeFlags: readonly string[];
  /** Ends everything. */
  readonly signal: AbortSignal;
}

/** Runs contenders one at a time against one server, and verifies what they wrote. */
export class Bench {
  readonly database: BenchDatabase;
  readonly tools: Tools;
  readonly signal: AbortSignal;
  readonly #references: References;
  readonly #nodeFlags: readonly string[];
  #created: string | undefined;

  private constructor(
    database: BenchDatabase,
    references: References,
    { tools, nodeFlags, signal }: BenchSettings,
  ) {
    this.database = database;
    this.tools = tools;
    this.signal = signal;
    this.#references = references;
    this.#nodeFlags = nodeFlags;
  }

  static async open(settings: BenchSettings): Promise<Bench> {
    const database = await BenchDatabase.open();
    return new Bench(database, await References.open(database), settings);
  }

  /**
   * Lets a worker write its rows into the empty table or tables.
   *
   * @throws Error with the reason if it fails, or if a table does not hold exactly its rows afterwards.
   */
  async run({ implementation, rows, options = {}, ...run }: Run): Promise<Sample> {
    const workload = workloadNamed(run.workload);
    const { divide = toOneTable } = run;
    const shares = divide(workload, rows);
    const tables = shares.map((share) => share.workload);
    await this.#create(tables);
    const expected = await this.#references.totals(shares);
    const files = COPIES_FILES.has(implementation)
      ? await this.#references.files(workload, rows, options["connections"] ?? CONNECTIONS)
      : [];
    await this.database.empty(tables);
    this.signal.throwIfAborted();
    const writing = runWorker(
      { implementation, workload: workload.name, rows, options, files },
      {
        nodeFlags: this.#nodeFlags,
        python: this.tools.python,
        databaseUrl: run.databaseUrl,
        signal: this.signal,
      },
    );
    const [sample] = await Promise.all([writing, run.meanwhile?.()]);
    await this.#verify(tables, expected);
    return sample;
  }

  async close(): Promise<void> {
    await this.#references.remove();
    await this.database.close();
  }

  async #create(tables: readonly Workload[]): Promise<void> {
    const key = tables.map(({ name }) => name).join();
    if (this.#created === key) return;
    await this.database.create(tables);
    this.#created = key;
  }

  async #verify(tables: readonly Workload[], expected: readonly Totals[]): Promise<void> {
    for (const [index, workload] of tables.entries()) {
      const found = await this.database.totals(workload);
      refuseDifference(workload.table.name, found, expected[index]!);
    }
  }
}

function refuseDifference(table: string, found: Totals, expected: Totals): void {
  if (found.rows !== expected.rows) {
    throw new Error(`the table ${table} has ${found.rows} rows instead of ${expected.rows}`);
  }
  if (found.checksum !== expected.checksum) {
    throw new Error(
      `the table ${table} has ${found.rows} rows, but their contents differ from what was sent`,
    );
  }
}

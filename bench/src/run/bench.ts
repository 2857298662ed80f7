import { CONNECTIONS, type Options } from "../contenders/job.js";
import { workloadNamed } from "../workloads/registry.js";
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
   * Lets a worker write its rows into the empty table.
   *
   * @throws Error with the reason if it fails, or if the table does not hold exactly these rows afterwards.
   */
  async run({ implementation, rows, options = {}, ...run }: Run): Promise<Sample> {
    const workload = workloadNamed(run.workload);
    await this.#create(run.workload);
    const expected = await this.#references.totals(workload, rows);
    const files = COPIES_FILES.has(implementation)
      ? await this.#references.files(workload, rows, options["connections"] ?? CONNECTIONS)
      : [];
    await this.database.empty(workload);
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
    verify(await this.database.totals(workload), expected);
    return sample;
  }

  async close(): Promise<void> {
    await this.#references.remove();
    await this.database.close();
  }

  async #create(workload: string): Promise<void> {
    if (this.#created === workload) return;
    await this.database.create(workloadNamed(workload));
    this.#created = workload;
  }
}

function verify(found: Totals, expected: Totals): void {
  if (found.rows !== expected.rows) {
    throw new Error(`the table has ${found.rows} rows instead of ${expected.rows}`);
  }
  if (found.checksum !== expected.checksum) {
    throw new Error(
      `the table has ${found.rows} rows, but their contents differ from what was sent`,
    );
  }
}

import type { Options } from "../contenders/job.js";
import { workloadNamed } from "../workloads/registry.js";
import { toOneTable, type Divide } from "../workloads/share.js";
import type { Workload } from "../workloads/workload.js";
import { BenchDatabase, type Totals } from "./bench-database.js";
import { BesideLedger, type LedgerOf } from "./beside-ledger.js";
import { EmptyTables } from "./empty-tables.js";
import { FileTable, type FileTableOptions } from "./file-table.js";
import { References } from "./reference.js";
import { runPrograms, type Program } from "./run-programs.js";
import { runWorker, type Assignment } from "./run-worker.js";
import type { Sample } from "./sample.js";
import type { Scenario } from "./scenario.js";
import { postmasterOf, serverCpuMicros } from "./server-cpu.js";
import { StoredRows, type Upserts } from "./stored-rows.js";
import type { Tools } from "./tools.js";

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
  /** The ledger beside the tables. @default none */
  readonly ledger?: LedgerOf;
  /** Another URL of the server, such as a proxy's. */
  readonly databaseUrl?: string;
  /** A folder that the contender may write to. */
  readonly folder?: string;
  /** What to do before the contender starts, with the tables as it finds them. */
  readonly before?: () => Promise<void>;
  /** What to do to the server while the contender writes. */
  readonly meanwhile?: () => Promise<void>;
  /** What else must be true after the run, given the files that the contender has read. */
  readonly verify?: (files: readonly string[]) => Promise<void>;
}

/** One run of upserts. */
export interface UpsertsRun extends Upserts {
  readonly implementation: string;
  readonly options: Options;
}

/** One run of programs that load a file. */
export interface LoadRun extends FileTableOptions {
  /** How many records the file has. */
  readonly records: number;
  readonly makeFiles: () => Promise<readonly string[]>;
  readonly programs: (files: readonly string[]) => Promise<readonly Program[]>;
  /** A folder that may be written to. */
  readonly folder: string;
  /** What else must be true after the run. */
  readonly verify?: () => Promise<void>;
}

/** How a contender writes to the tables of a scenario. */
interface Work {
  readonly makeFiles: () => Promise<readonly string[]>;
  readonly before?: (() => Promise<void>) | undefined;
  readonly write: (files: readonly string[]) => Promise<Sample>;
  readonly verify?: ((files: readonly string[]) => Promise<void>) | undefined;
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
  readonly nodeFlags: readonly string[];
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
    this.nodeFlags = nodeFlags;
  }

  static async open(settings: BenchSettings): Promise<Bench> {
    const database = await BenchDatabase.open();
    return new Bench(database, await References.open(database), settings);
  }

  /**
   * Lets a worker write its rows into the empty table or tables.
   *
   * @throws Error with the reason if it fails, or if a table does not hold exactly its rows afterwards,
   * or the ledger other positions.
   */
  async run({ divide = toOneTable, ledger, ...run }: Run): Promise<Sample> {
    const workload = workloadNamed(run.workload);
    const { rows } = run;
    const shares = divide(workload, rows);
    const tables = new EmptyTables(this.database, this.#references, { workload, rows, shares });
    if (ledger === undefined) return this.#runIn(tables, run);
    const beside = new BesideLedger(this.database, tables, {
      contents: ledger(rows),
      isUsed: run.options?.["ledger"] === 1,
    });
    const sample = await this.#runIn(beside, run);
    await beside.verify();
    return sample;
  }

  /**
   * Lets a worker write its rows into a table that holds others.
   *
   * @throws Error with the reason if it fails, or if the table does not hold what an INSERT … ON
   * CONFLICT of each row would have left.
   */
  async runUpserts({ implementation, options, ...upserts }: UpsertsRun): Promise<Sample> {
    const scenario = new StoredRows(this.database, this.#references, upserts);
    const workload = scenario.tables[0]!.name;
    const postmaster = await postmasterOf(this.database.client);
    const { rows } = upserts;
    const given = { ...options, ...(postmaster !== undefined && { postmaster }) };
    return this.#runIn(scenario, { implementation, workload, rows, options: given });
  }

  /**
   * Lets programs load a file into an empty table.
   *
   * @throws Error with the reason if one of them fails, or if the table does not hold exactly the rows
   * of the file.
   */
  async runLoad({
    records,
    makeFiles,
    programs,
    folder,
    verify,
    ...table
  }: LoadRun): Promise<Sample> {
    const scenario = new FileTable(this.database, this.#references, table);
    const postmaster = await postmasterOf(this.database.client);
    const serverCpu = (): number => (postmaster === undefined ? 0 : serverCpuMicros(postmaster));
    return this.#inScenario(scenario, {
      makeFiles,
      verify,
      write: async (files) => {
        const commands = await programs(files);
        const { time } = this.tools.load;
        const serverCpuAtStart = serverCpu();
        const usage = await runPrograms(commands, {
          time: time?.command,
          folder,
          signal: this.signal,
        });
        const serverUsage =
          postmaster === undefined ? {} : { serverCpuMicros: serverCpu() - serverCpuAtStart };
        return { rows: records, ...usage, ...serverUsage };
      },
    });
  }

  /** Lets a worker do what it is assigned, and verifies nothing. */
  work(assignment: Assignment, databaseUrl?: string): Promise<Sample> {
    this.signal.throwIfAborted();
    return runWorker(assignment, {
      nodeFlags: this.nodeFlags,
      python: this.tools.python,
      databaseUrl,
      signal: this.signal,
    });
  }

  async close(): Promise<void> {
    await this.#references.remove();
    await this.database.close();
  }

  async #runIn(
    scenario: Scenario,
    { implementation, workload, rows, options = {}, ...run }: Omit<Run, "divide" | "ledger">,
  ): Promise<Sample> {
    const { databaseUrl, folder, before, verify } = run;
    return this.#inScenario(scenario, {
      makeFiles: () => scenario.files(implementation, options),
      before,
      verify,
      write: async (files) => {
        const assignment = { implementation, workload, rows, options, files, folder };
        const writing = this.work(assignment, databaseUrl);
        const [sample] = await Promise.all([writing, run.meanwhile?.()]);
        return sample;
      },
    });
  }

  async #inScenario(
    scenario: Scenario,
    { makeFiles, before, write, verify }: Work,
  ): Promise<Sample> {
    await this.#create(scenario);
    const expected = await scenario.totals();
    const files = await makeFiles();
    await scenario.reset();
    await before?.();
    const sample = await write(files);
    await this.#verify(scenario.tables, expected);
    await verify?.(files);
    return sample;
  }

  async #create(scenario: Scenario): Promise<void> {
    if (this.#created === scenario.key) return;
    await scenario.create();
    this.#created = scenario.key;
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

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

import { Copier, CopierGroup, readLedger } from "../../../dist/index.js";
import type { CopierGroupOptions, CopierOptions, LedgerEntry } from "../../../dist/index.js";
import type { TestDatabase } from "../database.js";
import { lettersOf, type AnyRow } from "../source-scene.js";
import { SenderProcess } from "./sender-process.js";
import { within } from "./within.js";

/** A letter in its table. */
interface LetterRow {
  readonly table_name: string;
  readonly row: AnyRow;
  readonly code: string;
  readonly sql_state: string | null;
  readonly message: string;
  readonly column_name: string | null;
}

/** Options that processes can be given. */
type PlainOptions = Omit<CopierOptions<AnyRow>, "onReject" | "pool">;

/** A new table, with a spool directory, a ledger and a table of dead letters of its own. */
export interface SpooledScene {
  readonly name: string;
  readonly directory: string;
  readonly ledger: string;
  /** What all copiers of the scene are connected with. */
  readonly options: PlainOptions;
  connect(options?: CopierOptions<AnyRow>): Promise<Copier<AnyRow>>;
  connectGroup(options?: CopierGroupOptions): Promise<CopierGroup>;
  /** A process with a copier to the table, or with a group. */
  startProcess(options?: PlainOptions): Promise<SenderProcess>;
  startGroupProcess(options?: PlainOptions): Promise<SenderProcess>;
  /** Another table of the same columns. */
  newTable(): Promise<string>;
  /** The ids in the table, in the order of their rows there. */
  ids(table?: string): Promise<number[]>;
  letters(table?: string): Promise<LetterRow[]>;
  /** What is in the spool directory, but for the descriptions of tables. */
  entries(): Promise<string[]>;
  /** What the ledger has of spools. */
  sources(): Promise<LedgerEntry[]>;
  /** Lets a process send rows and be killed before any is written. */
  die(rows: readonly AnyRow[], options?: PlainOptions): Promise<void>;
  /** Lets another life write what was left, and end. */
  deliver(options?: CopierOptions<AnyRow>): Promise<void>;
  /** Holds a lock on the table until the function that it returns is called. */
  lock(table?: string): Promise<() => Promise<void>>;
}

const LOCK_SECONDS = 60;

/** Opens a scene with these columns. */
type OpenScene = (columns?: string) => Promise<SpooledScene>;

/** Makes scenes in the schema of a test file. */
export function spooledScenes(db: TestDatabase): OpenScene {
  let tables = 0;
  const made: string[] = [];
  after(() => Promise.all(made.map((path) => rm(path, { recursive: true }))));
  return async (columns = "id int, note text") => {
    const base = `${db.schema}.s${tables++}`;
    const directory = await mkdtemp(join(tmpdir(), "batch-copy-spooled-"));
    made.push(directory);
    let others = 0;
    async function newTable(): Promise<string> {
      const table = others++ === 0 ? base : `${base}_${others}`;
      await db.pool.query(`CREATE TABLE ${table} (${columns})`);
      return table;
    }
    const name = await newTable();
    const ledger = `${base}_ledger`;
    const options: PlainOptions = {
      databaseUrl: db.url,
      spool: { directory },
      ledger: { table: ledger },
      deadLetters: lettersOf(base),
      flushIntervalMs: 20,
      // Rows are where they are found in the order in which they were written.
      connections: 1,
    };
    const scene: SpooledScene = {
      name,
      directory,
      ledger,
      options,
      newTable,
      connect: (more = {}) => Copier.connect<AnyRow>(name, { ...options, ...more }),
      connectGroup: (more = {}) =>
        CopierGroup.connect({ ...options, connections: 4, ...more } as CopierGroupOptions),
      startProcess: (more = {}) =>
        SenderProcess.start({ table: name, options: { ...options, ...more } }),
      startGroupProcess: (more = {}) =>
        SenderProcess.start({ table: undefined, options: { ...options, ...more } }),
      async ids(table = name) {
        const rows = await db.rows<{ id: number }>(`SELECT id FROM ${table} ORDER BY ctid`);
        return rows.map(({ id }) => id);
      },
      letters: (table = lettersOf(base)) =>
        db.rows<LetterRow>(`SELECT * FROM ${table} ORDER BY id`),
      async entries() {
        const entries = await readdir(directory);
        return entries.filter((entry) => entry !== ".tables");
      },
      async sources() {
        const entries = await readLedger(db.pool, { table: ledger });
        return entries.filter(({ source }) => source.startsWith("spool/"));
      },
      async die(rows, more) {
        const unlock = await scene.lock();
        // Streams of other former lives that wait for the lock take some.
        const sender = await scene.startProcess({ connections: 8, ...more });
        await sender.send(rows);
        await sender.kill();
        // Its sessions do not know that yet, and would write the rows as soon as they can.
        await db.pool.query(
          `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE relation = $1::regclass AND NOT granted`,
          [name],
        );
        await unlock();
      },
      async deliver(more) {
        const copier = await scene.connect(more);
        try {
          await within(8, copier.close(), "close()");
        } catch (error) {
          // Its connections would keep this process alive.
          await within(8, copier.close({ timeoutMs: 0 }), "close() without time").catch(() => {});
          throw error;
        }
      },
      async lock(table = name) {
        const client = await db.pool.connect();
        client.on("error", () => {});
        // A test that fails releases it, too: what waits for it would keep this process alive.
        await client.query(
          `BEGIN; SET LOCAL idle_in_transaction_session_timeout = '${LOCK_SECONDS}s'`,
        );
        await client.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
        return async () => {
          await client.query("ROLLBACK");
          client.release();
        };
      },
    };
    return scene;
  };
}

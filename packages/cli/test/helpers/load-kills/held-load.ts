import { createHash } from "node:crypto";

import { eventually } from "../../../../batch-copy/dist-test/helpers/eventually.js";
import type { TestFolder } from "../folder.js";
import type { TestSchema } from "../schema.js";
import { LoadProcess } from "./load-process.js";

/** More bytes than a load keeps in memory while it cannot write. */
const ROWS = 5000;
const ROW_BYTES = 10_000;

const HEADER = "id,body\n";

/** The last record, which is rejected. */
const WRONG_RECORD = "wrong\n";

/** The file of rejects of a load of all of the file. */
export const REJECTS: string = HEADER + WRONG_RECORD;

const PATIENCE_SECONDS = 60;

let tables = 0;

/** A file that cannot be loaded to its end while its table is locked. */
export class HeldLoad {
  readonly table: string;
  readonly ledger: string;
  readonly path: string;
  readonly #db: TestSchema;

  private constructor(db: TestSchema, folder: TestFolder) {
    const name = `held_${tables++}`;
    this.#db = db;
    this.table = `${db.name}.${name}`;
    this.ledger = `${this.table}_ledger`;
    const lines = Array.from({ length: ROWS }, (_, id) => `${id},${bodyOf(id)}\n`);
    this.path = folder.write(`${name}.csv`, `${HEADER}${lines.join("")}${WRONG_RECORD}`);
  }

  static async create(db: TestSchema, folder: TestFolder): Promise<HeldLoad> {
    const held = new HeldLoad(db, folder);
    await db.rows(`CREATE TABLE ${held.table} (id int, body text)`);
    return held;
  }

  start(...options: string[]): LoadProcess {
    const args = ["--into", this.table, "--ledger", this.ledger, "--batch-rows", "100"];
    return new LoadProcess([this.path, ...args, ...options]);
  }

  /** Locks the table while something is done. */
  async whileLocked<Result>(act: () => Promise<Result>): Promise<Result> {
    const client = await this.#db.pool.connect();
    try {
      await client.query(`BEGIN; LOCK TABLE ${this.table} IN EXCLUSIVE MODE`);
      return await act();
    } finally {
      await client.query("COMMIT");
      client.release();
    }
  }

  /** Resolves when a load waits for the table. */
  async untilHeld(): Promise<void> {
    await eventually(
      async () => {
        const waiting = await this.#db.rows(
          `SELECT FROM pg_locks WHERE relation = '${this.table}'::regclass AND NOT granted`,
        );
        return waiting.length > 0;
      },
      "a load waits for the table",
      PATIENCE_SECONDS,
    );
  }

  /** Resolves when a load has claimed the file that does not have this session. */
  async untilClaimed(session?: string): Promise<string> {
    let found: string | undefined;
    await eventually(
      async () => {
        const rows = await this.#db.rows<{ session: string }>(`SELECT session FROM ${this.ledger}`);
        found = rows[0]?.session;
        return found !== undefined && found !== session;
      },
      "a load has claimed the file",
      PATIENCE_SECONDS,
    );
    return found!;
  }

  /** How many rows are there, none of them twice. */
  async rows(): Promise<number> {
    const [found] = await this.#db.rows<{ count: number; ids: number }>(
      `SELECT count(*)::int AS count, count(DISTINCT id)::int AS ids FROM ${this.table}`,
    );
    if (found!.count !== found!.ids) {
      throw new Error(`rows doubled: ${found!.count} of ${found!.ids} ids`);
    }
    return found!.count;
  }

  /** How many rows can be loaded. */
  get allRows(): number {
    return ROWS;
  }
}

function bodyOf(id: number): string {
  return createHash("sha256")
    .update(`${id}`)
    .digest("hex")
    .repeat(ROW_BYTES / 64);
}

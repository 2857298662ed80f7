import { Client } from "pg";

import { qualifiedName, SCHEMA, type Workload } from "../workloads/workload.js";

/** Statements that concern many tables take some at a time, because the server limits its locks. */
const TABLES_AT_ONCE = 100;

/** What is in a table: how many rows, and a sum over the texts of all of them. */
export interface Totals {
  readonly rows: number;
  readonly checksum: string;
}

/** The measured server, over a connection of its own. */
export class BenchDatabase {
  readonly client: Client;

  private constructor(client: Client) {
    this.client = client;
  }

  /** Connects to the server that DATABASE_URL names, and recreates the schema. */
  static async open(): Promise<BenchDatabase> {
    const client = new Client(process.env["DATABASE_URL"]);
    await client.connect();
    const database = new BenchDatabase(client);
    await database.#dropTables();
    await client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE; CREATE SCHEMA ${SCHEMA}`);
    return database;
  }

  /** Creates the workloads' tables, without indexes and with autovacuum off, and drops all others. */
  async create(workloads: readonly Workload[]): Promise<void> {
    await this.#dropTables();
    for (const some of chunksOf(workloads)) {
      const statements = some.map(
        (workload) =>
          `${workload.table.ddl} ALTER TABLE ${qualifiedName(workload)} SET (autovacuum_enabled = false);`,
      );
      await this.client.query(statements.join("\n"));
    }
  }

  /** Empties the tables, followed by a checkpoint, so that the next contender does not pay for it. */
  async empty(workloads: readonly Workload[]): Promise<void> {
    for (const some of chunksOf(workloads)) {
      await this.client.query(`TRUNCATE ${some.map(qualifiedName).join(", ")}`);
    }
    await this.checkpoint();
  }

  /** Requests a checkpoint, if this role may. */
  async checkpoint(): Promise<void> {
    await this.client.query("CHECKPOINT").catch(ignoreLackOfPrivilege);
  }

  async totals(workload: Workload): Promise<Totals> {
    const { rows } = await this.client.query<{ count: string; checksum: string | null }>(
      `SELECT count(*), sum(hashtextextended(t::text, 0))::text AS checksum FROM ${qualifiedName(workload)} t`,
    );
    return { rows: Number(rows[0]?.count), checksum: rows[0]?.checksum ?? "0" };
  }

  /** A parameter of the server, as SHOW prints it. */
  async parameter(name: string): Promise<string> {
    const { rows } = await this.client.query<Record<string, string>>(`SHOW ${name}`);
    return rows[0]?.[name] ?? "unknown";
  }

  /** Drops everything that was created. */
  async close(): Promise<void> {
    await this.#dropTables();
    await this.client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
    await this.client.end();
  }

  async #dropTables(): Promise<void> {
    const { rows } = await this.client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = $1`,
      [SCHEMA],
    );
    for (const some of chunksOf(rows)) {
      await this.client.query(`DROP TABLE ${some.map(({ name }) => name).join(", ")} CASCADE`);
    }
  }
}

function* chunksOf<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < list.length; start += TABLES_AT_ONCE) {
    yield list.slice(start, start + TABLES_AT_ONCE);
  }
}

/** Only superusers and members of pg_checkpoint may request a checkpoint. */
function ignoreLackOfPrivilege(error: unknown): void {
  if ((error as { code?: string }).code !== "42501") throw error;
}

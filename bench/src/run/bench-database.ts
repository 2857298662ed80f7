import { Client } from "pg";

import { qualifiedName, SCHEMA, type Workload } from "../workloads/workload.js";

/** What is in a table: how many rows, and a sum over the texts of all of them. */
export interface Totals {
  readonly rows: number;
  readonly checksum: string;
}

/** The server under measurement, seen over a connection that is nobody else's. */
export class BenchDatabase {
  readonly client: Client;

  private constructor(client: Client) {
    this.client = client;
  }

  /** Connects to the server that DATABASE_URL names, and makes the schema anew. */
  static async open(): Promise<BenchDatabase> {
    const client = new Client(process.env["DATABASE_URL"]);
    await client.connect();
    await client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE; CREATE SCHEMA ${SCHEMA}`);
    return new BenchDatabase(client);
  }

  /** Makes the workload's table anew: a plain one, whose vacuum waits until the benchmarks are over. */
  async create(workload: Workload): Promise<void> {
    const name = qualifiedName(workload);
    await this.client.query(`DROP TABLE IF EXISTS ${name}; ${workload.table.ddl}`);
    await this.client.query(`ALTER TABLE ${name} SET (autovacuum_enabled = false)`);
  }

  /** Empties the table, and lets the server write what it has put off, so that nobody else pays for it. */
  async empty(workload: Workload): Promise<void> {
    await this.client.query(`TRUNCATE ${qualifiedName(workload)}`);
    await this.client.query("CHECKPOINT").catch(ignoreLackOfPrivilege);
  }

  async totals(workload: Workload): Promise<Totals> {
    const { rows } = await this.client.query<{ count: string; checksum: string | null }>(
      `SELECT count(*), sum(hashtextextended(t::text, 0))::text AS checksum FROM ${qualifiedName(workload)} t`,
    );
    return { rows: Number(rows[0]?.count), checksum: rows[0]?.checksum ?? "0" };
  }

  /** A parameter of the server, as SHOW has it. */
  async parameter(name: string): Promise<string> {
    const { rows } = await this.client.query<Record<string, string>>(`SHOW ${name}`);
    return rows[0]?.[name] ?? "unknown";
  }

  /** Leaves nothing behind. */
  async close(): Promise<void> {
    await this.client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
    await this.client.end();
  }
}

/** Only a superuser, or a member of pg_checkpoint, may ask for a checkpoint. */
function ignoreLackOfPrivilege(error: unknown): void {
  if ((error as { code?: string }).code !== "42501") throw error;
}

import { Client } from "pg";

import { qualifiedName, SCHEMA, type Workload } from "../workloads/workload.js";

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
    await client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE; CREATE SCHEMA ${SCHEMA}`);
    return new BenchDatabase(client);
  }

  /** Recreates the workload's table, without indexes and with autovacuum off. */
  async create(workload: Workload): Promise<void> {
    const name = qualifiedName(workload);
    await this.client.query(`DROP TABLE IF EXISTS ${name}; ${workload.table.ddl}`);
    await this.client.query(`ALTER TABLE ${name} SET (autovacuum_enabled = false)`);
  }

  /** Empties the table and requests a checkpoint, so that the next contender does not pay for it. */
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

  /** A parameter of the server, as SHOW prints it. */
  async parameter(name: string): Promise<string> {
    const { rows } = await this.client.query<Record<string, string>>(`SHOW ${name}`);
    return rows[0]?.[name] ?? "unknown";
  }

  /** Drops everything that was created. */
  async close(): Promise<void> {
    await this.client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
    await this.client.end();
  }
}

/** Only superusers and members of pg_checkpoint may request a checkpoint. */
function ignoreLackOfPrivilege(error: unknown): void {
  if ((error as { code?: string }).code !== "42501") throw error;
}

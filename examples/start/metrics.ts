import { int8, table, text, type RowOf } from "batch-copy";
import { Client } from "pg";

/** A separate schema, so that the demonstration cannot harm your tables. */
const SCHEMA = "batch_copy_demo";

export const metrics = table("metrics", { url: text, latency_ms: int8 }, { schema: SCHEMA });
export type Metric = RowOf<typeof metrics>;

/** An INSERT of one row. */
export const INSERT = `INSERT INTO ${SCHEMA}.metrics (url, latency_ms) VALUES ($1, $2)`;

const URLS = Array.from({ length: 64 }, (_, n) => `/page/${n}`);
const LONGEST_LATENCY_MS = 1000;

/** The n-th row: always the same. Cheap to make, because its cost is measured too. */
export function metric(n: number): Metric {
  return { url: URLS[n % URLS.length]!, latency_ms: latency(n) };
}

/** Fibonacci hashing: deterministic, but looks random. */
function latency(n: number): number {
  return (Math.imul(n, 0x9e3779b1) >>> 8) % LONGEST_LATENCY_MS;
}

/** A checksum of rows. */
export interface Totals {
  readonly rows: number;
  readonly latencyMs: number;
}

/** The checksum of the first rows. */
export function totalsOf(rows: number): Totals {
  let latencyMs = 0;
  for (let n = 0; n < rows; n++) {
    latencyMs += latency(n);
  }
  return { rows, latencyMs };
}

/** The table on the server, over a connection that is not the copier's. */
export class MetricsTable {
  readonly #client = new Client(process.env["DATABASE_URL"]);

  /** Connects, and recreates the schema and the table. */
  async create(): Promise<void> {
    await this.#client.connect();
    await this.#client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE; CREATE SCHEMA ${SCHEMA}`);
    await this.#client.query(metrics.ddl);
  }

  async empty(): Promise<void> {
    await this.#client.query(`TRUNCATE ${SCHEMA}.metrics`);
  }

  async totals(): Promise<Totals> {
    const { rows } = await this.#client.query<{ count: string; sum: string | null }>(
      `SELECT count(*), sum(latency_ms) FROM ${SCHEMA}.metrics`,
    );
    return { rows: Number(rows[0]?.count), latencyMs: Number(rows[0]?.sum) };
  }

  /** Drops everything that was created. */
  async drop(): Promise<void> {
    await this.#client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
    await this.#client.end();
  }
}

import { subscribe, unsubscribe } from "node:diagnostics_channel";

import { Pool } from "pg";

import type { CopierOptions, CopierStats } from "../../../dist/index.js";
import { AuditedCopier } from "../fault/audited-copier.js";
import { readAudited, type AuditedRow } from "../fault/audited-table.js";
import type { BooksReport } from "../fault/books-report.js";
import { Books } from "../fault/books.js";
import { Load } from "../fault/load.js";
import { patiently } from "./patiently.js";
import type { Scene } from "./scene.js";

/** Small batches and short waits, so that a fault is met by many of them. */
const OPTIONS: CopierOptions<AuditedRow> = {
  connections: 3,
  maxBatchRows: 500,
  maxBufferedBytes: 1024 * 1024,
  flushIntervalMs: 5,
  connectTimeoutMs: 1000,
  retry: { minDelayMs: 5, maxDelayMs: 100 },
};

/** How many of a kind. */
interface Producers {
  readonly inserters: number;
  readonly senders: number;
}

/** A copier under load on a table of its own, for faults to be met. */
export class Stage implements AsyncDisposable {
  readonly scene: Scene;
  /** The table. */
  readonly name: string;
  readonly books: Books;
  readonly #audited: AuditedCopier;
  readonly #load: Load;
  readonly #working: Promise<void>;
  /** SQLSTATEs, and codes of lost connections, that attempts have failed with. */
  readonly #met = new Set<string>();

  static async open(
    scene: Scene,
    seed: number,
    options: CopierOptions<AuditedRow> = {},
    producers: Producers = { inserters: 12, senders: 4 },
  ): Promise<Stage> {
    const table = await scene.createTable();
    const books = new Books();
    const audited = await AuditedCopier.connect(table, books, {
      databaseUrl: scene.writerUrl,
      ...OPTIONS,
      ...options,
    });
    const stage = new Stage(
      scene,
      table.name,
      books,
      audited,
      new Load(audited, books, seed),
      producers,
    );
    await stage.untilFlowing();
    return stage;
  }

  private constructor(
    scene: Scene,
    name: string,
    books: Books,
    audited: AuditedCopier,
    load: Load,
    producers: Producers,
  ) {
    this.scene = scene;
    this.name = name;
    this.books = books;
    this.#audited = audited;
    this.#load = load;
    this.#working = load.run(producers);
    subscribe("batch-copy:retry", this.#onRetry);
  }

  get stats(): CopierStats {
    return this.#audited.copier.stats;
  }

  /** How many transactions did not go as they should. */
  get troubles(): number {
    const { retries, inDoubtCommitted, inDoubtAborted, inDoubtUnknown } = this.stats;
    return retries + inDoubtCommitted + inDoubtAborted + inDoubtUnknown;
  }

  /** What the copier has met. */
  get met(): ReadonlySet<string> {
    return this.#met;
  }

  /** Runs statements on the server, as its superuser. */
  sql<Row>(statements: string): Promise<Row[]> {
    return this.scene.server.query<Row>(statements);
  }

  /** Forgets what the copier has met. */
  forget(): void {
    this.#met.clear();
  }

  /** Resolves when rows are committed again, over every lane. */
  async untilFlowing(): Promise<void> {
    const enough = this.stats.batchesCommitted + 20;
    await patiently(() => this.stats.batchesCommitted >= enough, "rows are committed");
  }

  /** Resolves when an attempt has failed with the SQLSTATE. */
  async untilMet(sqlState: string): Promise<void> {
    await patiently(() => this.#met.has(sqlState), `the copier meets ${sqlState}`);
  }

  /** Closes the copier while senders are at work, and ends the load. */
  async close(timeoutMs?: number): Promise<void> {
    const closing = this.#audited.close(timeoutMs);
    this.#load.stop();
    await closing;
    await this.#working;
    unsubscribe("batch-copy:retry", this.#onRetry);
  }

  /** Compares the books with the table. */
  async audit(): Promise<BooksReport> {
    const pool = new Pool({ connectionString: this.scene.server.url });
    try {
      return await this.books.compare(readAudited(pool, this.name));
    } finally {
      await pool.end();
    }
  }

  /** Closes, and compares. */
  async end(): Promise<BooksReport> {
    this.#load.stop();
    await this.#working;
    await this.close();
    return this.audit();
  }

  /** Leaves nothing at work, also where a test has failed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#load.stop();
    await this.#audited[Symbol.asyncDispose]();
  }

  readonly #onRetry = (message: unknown): void => {
    const { table, error } = message as { table: string; error: Error };
    if (table === `"${this.name}"`) {
      this.#met.add(codeOf(error));
    }
  };
}

function codeOf(error: unknown): string {
  const { code, cause } = error as { code?: string; cause?: unknown };
  return cause === undefined ? (code ?? "lost") : codeOf(cause);
}

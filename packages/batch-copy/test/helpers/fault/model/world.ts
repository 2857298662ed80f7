import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";

import type { CopierStats } from "../../../../dist/index.js";
import { AuditedCopier } from "../audited-copier.js";
import { auditedRow, readAudited, type AuditedRow } from "../audited-table.js";
import { Books } from "../books.js";
import { FaultProxy } from "../fault-proxy.js";
import { SeededRandom } from "../seeded-random.js";
import type { Action, RowKind, Setting } from "./action.js";
import { Model } from "./model.js";
import { Obstacles } from "./obstacles.js";
import { PendingCalls } from "./pending-calls.js";
import { LABELS, type Stage } from "./stage.js";

/** A call without an answer so long after all obstacles are gone hangs. */
const PATIENCE_MS = 10_000;

/** By so much `close()` may be late on a busy machine. */
const LATE_MS = 1500;

/** What makes up a {@link World}. */
interface Parts {
  readonly stage: Stage;
  readonly setting: Setting;
  readonly proxy: FaultProxy;
  readonly books: Books;
  readonly audited: AuditedCopier;
}

/** A copier behind a proxy, and what is known of it: one sequence of actions is performed here. */
export class World implements AsyncDisposable {
  readonly #parts: Parts;
  readonly #obstacles: Obstacles;
  readonly #model: Model;
  readonly #random = new SeededRandom(1);
  readonly #calls = new PendingCalls();
  readonly #problems: string[] = [];
  /** Of each row, the rows with which it is in order: those of its `sendMany`, or all single ones. */
  readonly #strands: number[] = [];
  #calledSendMany = 0;

  static async open(stage: Stage, setting: Setting): Promise<World> {
    await stage.db.pool.query(`TRUNCATE ${stage.name} RESTART IDENTITY`);
    const proxy = await FaultProxy.start();
    const books = new Books();
    const { retryTimeoutMs, ...options } = setting;
    try {
      const audited = await AuditedCopier.connect(stage.table, books, {
        databaseUrl: proxy.url,
        ...options,
        // The first connection is not tried again, and the machine may be busy.
        connectTimeoutMs: 10_000,
        copyTimeoutMs: 30,
        retry: { minDelayMs: 1, maxDelayMs: 20, timeoutMs: retryTimeoutMs },
      });
      return new World({ stage, setting, proxy, books, audited });
    } catch (error) {
      await proxy.close();
      throw error;
    }
  }

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.#obstacles = new Obstacles(parts.proxy, parts.stage);
    this.#model = new Model(parts.setting.retryTimeoutMs !== Infinity);
  }

  /** Ends what is in the way, closes the copier, and says what is against the contract. */
  async end(): Promise<readonly string[]> {
    const { proxy, stage } = this.#parts;
    await this.#obstacles.clear();
    this.#close(undefined);
    await this.#calls.settle(PATIENCE_MS);
    await proxy.close();
    await proxy.untilServerHasNoticed(stage.db.pool);
    await this.#judge();
    return [...this.#calls.problems, ...this.#problems];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { audited, proxy } = this.#parts;
    await audited[Symbol.asyncDispose]();
    await proxy.close();
    await this.#obstacles.unlock();
  }

  async perform(action: Action): Promise<void> {
    switch (action.do) {
      case "send":
      case "insert":
        return this.#sendOne(action.do, action.row, action.giveUpAfterMs);
      case "sendMany":
        return this.#sendMany(action.rows);
      case "flush":
        return this.#flush(action.isAwaited);
      case "close":
        return this.#close(action.timeoutMs);
      case "wait":
        return sleep(action.ms);
      case "strike":
        return this.#obstacles.strike(action.fault);
      case "plan":
        return this.#obstacles.plan(action.number);
      default:
        return this.#obstacles[action.do]();
    }
  }

  #sendOne(call: "send" | "insert", kind: RowKind, giveUpAfterMs: number | undefined): void {
    this.#model.issue(kind, giveUpAfterMs !== undefined);
    const { audited } = this.#parts;
    const row = this.#makeRow(kind, 0);
    if (call === "insert") {
      this.#calls.add(call, audited.insert(row, giveUpAfterMs));
    } else {
      const signal = giveUpAfterMs === undefined ? undefined : AbortSignal.timeout(giveUpAfterMs);
      this.#calls.add(call, audited.send(row, signal));
    }
  }

  #sendMany(kinds: readonly RowKind[]): void {
    this.#model.issueMany(kinds);
    this.#calledSendMany++;
    const rows = kinds.map((kind) => this.#makeRow(kind, this.#calledSendMany));
    this.#calls.add("sendMany", this.#parts.audited.sendMany(rows));
  }

  /** Afterwards the table holds what the flush covered. */
  async #flush(isAwaited: boolean): Promise<void> {
    const flushed = this.#parts.audited.flush();
    if (!isAwaited || this.#obstacles.areThere) {
      this.#calls.add("flush", flushed);
      return;
    }
    await flushed;
    const ids = await this.#presentIds();
    const { books } = this.#parts;
    for (let id = 0; id < books.size; id++) {
      if (books.fateOf(id) === "confirmed" && !ids.has(id)) {
        this.#problems.push(`row ${id} was confirmed, and was not there after a flush`);
      }
    }
  }

  #close(timeoutMs: number | undefined): void {
    if (this.#model.isClosed) {
      return;
    }
    const { books, audited } = this.#parts;
    this.#model.close(timeoutMs, (id) => books.fateOf(id) !== "issued");
    this.#calls.add(
      "close",
      timeoutMs === undefined ? audited.close() : this.#closeWithin(timeoutMs),
    );
  }

  async #closeWithin(timeoutMs: number): Promise<void> {
    const start = performance.now();
    await this.#parts.audited.close(timeoutMs);
    const took = performance.now() - start;
    if (took > timeoutMs + LATE_MS) {
      this.#problems.push(`close({ timeoutMs: ${timeoutMs} }) took ${took.toFixed(0)} ms`);
    }
  }

  async #judge(): Promise<void> {
    const { stage, setting, books, audited } = this.#parts;
    const report = await books.compare(readAudited(stage.db.pool, stage.name));
    const violations = this.#model.violations((id) => books.fateOf(id));
    this.#problems.push(...report.problems, ...violations);
    this.#checkStats(audited.copier.stats);
    if (setting.connections === 1 && !(await this.#isInOrder())) {
      this.#problems.push("the order of rows was not kept over one connection");
    }
  }

  #checkStats(stats: CopierStats): void {
    const { rowsAccepted, rowsCommitted, rowsRejected, rowsInDoubt } = stats;
    if (rowsAccepted !== rowsCommitted + rowsRejected + rowsInDoubt) {
      this.#problems.push(`the counts of rows do not add up: ${inspect(stats)}`);
    }
    if (stats.rowsBuffered !== 0 || stats.bytesBuffered !== 0 || stats.bytesWaiting !== 0) {
      this.#problems.push(`something stayed in the buffer: ${inspect(stats)}`);
    }
  }

  async #presentIds(): Promise<Set<number>> {
    const { db, name } = this.#parts.stage;
    const rows = await db.rows<{ id: number }>(`SELECT id FROM ${name}`);
    return new Set(rows.map(({ id }) => id));
  }

  async #isInOrder(): Promise<boolean> {
    const { db, name } = this.#parts.stage;
    const rows = await db.rows<{ id: number }>(`SELECT id FROM ${name} ORDER BY place`);
    const last = new Map<number, number>();
    return rows.every(({ id }) => {
      const strand = this.#strands[id]!;
      const isNext = id > (last.get(strand) ?? -1);
      last.set(strand, id);
      return isNext;
    });
  }

  #makeRow(kind: RowKind, strand: number): AuditedRow {
    this.#strands.push(strand);
    return auditedRow(this.#parts.books.issue(), this.#random, LABELS[kind]);
  }
}

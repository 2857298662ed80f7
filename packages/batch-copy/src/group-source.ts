import type { Copier } from "./copier.js";
import { invalid, shown } from "./invalid-option.js";
import type { OwnSource } from "./source/own-source.js";
import type { Source, SourceSendOptions } from "./source/source.js";
import type { SpannedRow, SpannedTable } from "./span/spanned-table.js";

/** Rows of several tables, each with the copier of its table. */
export type GroupRows<Rows extends readonly object[]> = {
  readonly [Index in keyof Rows]: readonly [copier: Copier<Rows[Index]>, row: NoInfer<Rows[Index]>];
};

/**
 * What a source of a group is made of.
 *
 * @internal
 */
export interface GroupSourceParts {
  readonly source: Source<SpannedRow>;
  readonly own: OwnSource;
  /** The table of a copier. */
  readonly tableOf: (copier: unknown) => SpannedTable;
  /** Called when the source is closed. */
  readonly onClosed: () => void;
}

/**
 * Creates a source of a group, whose constructor is private.
 *
 * @internal
 */
export let createGroupSource: (parts: GroupSourceParts) => GroupSource;

/**
 * A source whose rows go to several tables of a group and are written exactly once. The position is
 * committed in the transaction that has the rows of all tables; tables that others refer to by foreign keys
 * are written first.
 *
 * @example
 * await using source = await group.source("shop/7", { start: 0n });
 * for await (const { order, lines, offset } of readFrom(source.position)) {
 *   await source.sendMany([[orders, order], ...lines.map((line) => [orderLines, line] as const)], offset);
 * }
 * await source.flush();
 */
export class GroupSource {
  static {
    createGroupSource = (parts) => new GroupSource(parts);
  }
  readonly #source: Source<SpannedRow>;
  readonly #own: OwnSource;
  readonly #tableOf: GroupSourceParts["tableOf"];
  readonly #onClosed: () => void;

  private constructor({ source, own, tableOf, onClosed }: GroupSourceParts) {
    this.#source = source;
    this.#own = own;
    this.#tableOf = tableOf;
    this.#onClosed = onClosed;
  }

  /** Its name in the ledger. */
  get name(): string {
    return this.#source.name;
  }

  /** The first position that is not committed: where its reader has to begin. */
  get position(): bigint {
    return this.#source.position;
  }

  /**
   * Sends the row of a position to the table of a copier, as `Source.send()` does.
   *
   * @throws as `Source.send()`; BatchCopyError with code `INVALID_OPTION` if the copier is not one of the
   * group, or has no table for the dead letters that are asked for.
   * @example
   * await shop.send(orders, order, 7n);
   */
  send<Row extends object>(
    copier: Copier<Row>,
    row: Row,
    position: bigint | number,
    options?: SourceSendOptions,
  ): Promise<void> {
    try {
      const table = this.#join(copier, options);
      const before = this.#own.accepted;
      const sent = this.#source.send({ table, row }, position, options);
      if (this.#own.accepted !== before) {
        table.rowsAccepted++;
        return sent;
      }
      return this.#countLater(sent, position, [table]);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Sends several rows, or none, that stand for one position, each to the table of its copier. They are
   * written in one transaction; if the server rejects one of them, it rejects all.
   *
   * @throws as `send()`; if a row is invalid, none is sent.
   * @example
   * await shop.sendMany([[orders, order], [orderLines, { item: "lamp" }]], 8n);
   */
  sendMany<const Rows extends readonly object[]>(
    rows: GroupRows<Rows>,
    position: bigint | number,
    options?: SourceSendOptions,
  ): Promise<void>;
  sendMany<Row extends object>(
    rows: Iterable<readonly [copier: Copier<Row>, row: NoInfer<Row>]>,
    position: bigint | number,
    options?: SourceSendOptions,
  ): Promise<void>;
  sendMany(
    rows: Iterable<unknown>,
    position: bigint | number,
    options?: SourceSendOptions,
  ): Promise<void> {
    try {
      const tables: SpannedTable[] = [];
      const before = this.#own.accepted;
      const sent = this.#source.sendMany(this.#spanned(rows, tables, options), position, options);
      if (this.#own.accepted !== before) {
        tables.forEach((table) => table.rowsAccepted++);
        return sent;
      }
      return this.#countLater(sent, position, tables);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Says that there is nothing to write below a position, as `Source.advance()` does.
   *
   * @throws as `Source.advance()`.
   * @example
   * await shop.advance(1000n);
   */
  advance(position: bigint | number): Promise<void> {
    return this.#source.advance(position);
  }

  /**
   * Resolves when everything that was accepted is committed, and `position` is after it.
   *
   * @throws FencedError, RewoundError or the error with which the source has ended.
   * @example
   * await shop.flush();
   */
  flush(): Promise<void> {
    return this.#source.flush();
  }

  /**
   * Accepts nothing more, and flushes. The ledger keeps the position.
   *
   * @throws the error with which the source has ended, unless another call or `onLost` has told of it.
   * @example
   * await shop.close();
   */
  async close(): Promise<void> {
    try {
      await this.#source.close();
    } finally {
      this.#onClosed();
    }
  }

  /** Calls `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  *#spanned(
    rows: Iterable<unknown>,
    tables: SpannedTable[],
    options: SourceSendOptions | undefined,
  ): Generator<SpannedRow> {
    for (const entry of rows) {
      if (!Array.isArray(entry) || entry.length !== 2) {
        throw invalid(`sendMany() takes pairs [copier, row], got ${shown(entry)}`);
      }
      const [copier, row] = entry as [unknown, object];
      const table = this.#join(copier, options);
      tables.push(table);
      yield { table, row };
    }
  }

  #join(copier: unknown, options: SourceSendOptions | undefined): SpannedTable {
    const table = this.#tableOf(copier);
    if (options?.invalid === "dead-letter" && table.invalidRow === undefined) {
      const { table: name } = table.destination;
      throw invalid(`invalid: "dead-letter" needs the option deadLetters of the copier of ${name}`);
    }
    table.sources.add(this.#own);
    return table;
  }

  /** A row below the position at which the source was opened is not accepted. */
  async #countLater(
    sent: Promise<void>,
    position: bigint | number,
    tables: readonly SpannedTable[],
  ): Promise<void> {
    const before = this.#own.accepted;
    await sent;
    if (BigInt(position) >= before) {
      tables.forEach((table) => table.rowsAccepted++);
    }
  }
}

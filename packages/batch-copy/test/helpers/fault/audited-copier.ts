import {
  ClosedError,
  Copier,
  EncodeError,
  OutcomeUnknownError,
  RowRejectedError,
  TimeoutError,
  UndeliveredError,
  type CopierGroup,
  type CopierOptions,
  type Table,
} from "../../../dist/index.js";
import type { AUDITED_COLUMNS, AuditedRow } from "./audited-table.js";
import type { Books } from "./books.js";
import type { Fate } from "./fate.js";

/**
 * A copier whose every answer goes into the books. Its calls reject only with what the contract does
 * not know of.
 */
export class AuditedCopier implements AsyncDisposable {
  readonly copier: Copier<AuditedRow>;
  readonly #books: Books;

  /** The rows are those that `books` has issued. */
  static async connect(
    table: Table<typeof AUDITED_COLUMNS>,
    books: Books,
    options: CopierOptions<AuditedRow>,
  ): Promise<AuditedCopier> {
    const copier = await Copier.connect(table, {
      ...options,
      onReject: auditing(books, options.onReject),
    });
    return new AuditedCopier(copier, books);
  }

  /** As {@link connect}, for a table of a group. */
  static async open(
    group: CopierGroup,
    table: Table<typeof AUDITED_COLUMNS>,
    books: Books,
  ): Promise<AuditedCopier> {
    const copier = await group.copier(table, { onReject: auditing(books) });
    return new AuditedCopier(copier, books);
  }

  private constructor(copier: Copier<AuditedRow>, books: Books) {
    this.copier = copier;
    this.#books = books;
  }

  async send(row: AuditedRow, signal?: AbortSignal): Promise<void> {
    try {
      await this.copier.send(row, { signal });
      this.#books.accept(row.id);
    } catch (error) {
      this.#books.end(row.id, fateOf(error));
    }
  }

  async sendMany(rows: readonly AuditedRow[]): Promise<void> {
    let accepted = rows.length;
    let failure: unknown;
    try {
      await this.copier.sendMany(rows);
    } catch (error) {
      failure = error;
      accepted = (error as Partial<EncodeError>).accepted ?? 0;
    }
    rows.slice(0, accepted).forEach(({ id }) => this.#books.accept(id));
    rows.slice(accepted).forEach(({ id }) => this.#books.end(id, fateOf(failure)));
  }

  /** A row that was accepted before its time was over is like one that was sent. */
  async insert(row: AuditedRow, timeoutMs?: number): Promise<void> {
    try {
      await this.copier.insert(row, { timeoutMs });
      this.#books.end(row.id, "confirmed");
    } catch (error) {
      if (error instanceof TimeoutError && error.accepted) {
        this.#books.accept(row.id);
      } else {
        this.#books.end(row.id, fateOf(error));
      }
    }
  }

  /** A flush that a `close()` ended says nothing that `close()` does not say. */
  async flush(): Promise<void> {
    const confirm = this.#books.beginFlush();
    try {
      await this.copier.flush();
      confirm();
    } catch (error) {
      fateOf(error);
    }
  }

  /** To be called once. What an UndeliveredError does not hand back is committed. */
  async close(timeoutMs?: number): Promise<void> {
    try {
      await this.copier.close({ timeoutMs });
    } catch (error) {
      if (!(error instanceof UndeliveredError)) {
        throw error;
      }
      this.#handBack(error.rows, "undelivered");
      error.inDoubt.forEach(({ rows }) => this.#handBack(rows, "inDoubt"));
    }
    this.#books.beginFlush()();
  }

  /** Leaves nothing at work, also where a test has failed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.copier.close({ timeoutMs: 0 }).catch(() => {});
  }

  #handBack(rows: readonly object[], fate: "undelivered" | "inDoubt"): void {
    for (const row of rows) {
      this.#books.end((row as AuditedRow).id, fate);
    }
  }
}

type RejectHandler = NonNullable<CopierOptions<AuditedRow>["onReject"]>;

/** Enters what is rejected into the books, before another handler gets it. */
function auditing(books: Books, onReject?: RejectHandler): RejectHandler {
  return (rejection) => {
    books.end(rejection.row.id, fateOf(rejection.error));
    return onReject?.(rejection);
  };
}

/** What an error says of the row; throws what is none of the contract's. */
function fateOf(error: unknown): Exclude<Fate, "issued" | "accepted" | "confirmed"> {
  if (error instanceof RowRejectedError) {
    return error.afterUnknown ? "inDoubt" : "refused";
  }
  if (error instanceof UndeliveredError) {
    return error.inDoubt.length > 0 ? "inDoubt" : "undelivered";
  }
  if (error instanceof OutcomeUnknownError) {
    return "inDoubt";
  }
  const isWithdrawn = error instanceof DOMException || error instanceof TimeoutError;
  if (error instanceof EncodeError || error instanceof ClosedError || isWithdrawn) {
    return "declined";
  }
  throw error;
}

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
import type { Fate } from "./fate.js";
import type { Ledger } from "./ledger.js";

/**
 * A copier whose every answer goes into a ledger. Its calls reject only with what the contract does
 * not know of.
 */
export class AuditedCopier implements AsyncDisposable {
  readonly copier: Copier<AuditedRow>;
  readonly #ledger: Ledger;

  /** The rows are those that `ledger` has issued. */
  static async connect(
    table: Table<typeof AUDITED_COLUMNS>,
    ledger: Ledger,
    options: CopierOptions<AuditedRow>,
  ): Promise<AuditedCopier> {
    const copier = await Copier.connect(table, {
      ...options,
      onReject: auditing(ledger, options.onReject),
    });
    return new AuditedCopier(copier, ledger);
  }

  /** As {@link connect}, for a table of a group. */
  static async open(
    group: CopierGroup,
    table: Table<typeof AUDITED_COLUMNS>,
    ledger: Ledger,
  ): Promise<AuditedCopier> {
    const copier = await group.copier(table, { onReject: auditing(ledger) });
    return new AuditedCopier(copier, ledger);
  }

  private constructor(copier: Copier<AuditedRow>, ledger: Ledger) {
    this.copier = copier;
    this.#ledger = ledger;
  }

  async send(row: AuditedRow, signal?: AbortSignal): Promise<void> {
    try {
      await this.copier.send(row, { signal });
      this.#ledger.accept(row.id);
    } catch (error) {
      this.#ledger.end(row.id, fateOf(error));
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
    rows.slice(0, accepted).forEach(({ id }) => this.#ledger.accept(id));
    rows.slice(accepted).forEach(({ id }) => this.#ledger.end(id, fateOf(failure)));
  }

  /** A row that was accepted before its time was over is like one that was sent. */
  async insert(row: AuditedRow, timeoutMs?: number): Promise<void> {
    try {
      await this.copier.insert(row, { timeoutMs });
      this.#ledger.end(row.id, "confirmed");
    } catch (error) {
      if (error instanceof TimeoutError && error.accepted) {
        this.#ledger.accept(row.id);
      } else {
        this.#ledger.end(row.id, fateOf(error));
      }
    }
  }

  /** A flush that a `close()` ended says nothing that `close()` does not say. */
  async flush(): Promise<void> {
    const confirm = this.#ledger.beginFlush();
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
    this.#ledger.beginFlush()();
  }

  /** Leaves nothing at work, also where a test has failed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.copier.close({ timeoutMs: 0 }).catch(() => {});
  }

  #handBack(rows: readonly object[], fate: "undelivered" | "inDoubt"): void {
    for (const row of rows) {
      this.#ledger.end((row as AuditedRow).id, fate);
    }
  }
}

type RejectHandler = NonNullable<CopierOptions<AuditedRow>["onReject"]>;

/** Enters what is rejected into the ledger, before another handler gets it. */
function auditing(ledger: Ledger, onReject?: RejectHandler): RejectHandler {
  return (rejection) => {
    ledger.end(rejection.row.id, fateOf(rejection.error));
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

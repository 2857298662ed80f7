import { placeOf } from "./copy-line.js";
import type { Proof } from "./guard.js";
import type { PgNotice } from "./notice.js";
import type { Origin } from "./origin.js";
import { Script } from "./script.js";
import type { PgServerError } from "./server-error.js";
import type { Statement } from "./statement.js";
import type { Refusal, Writing, Written } from "./write.js";

/** What one transaction consists of. */
export interface ExchangeParts {
  readonly origin: Origin;
  readonly proof: Proof;
  /** How the rows of each table are written, one table after the other. */
  readonly writings: readonly Writing[];
  readonly end: "COMMIT" | "ROLLBACK";
  /** What else is said, before the rows are written. */
  readonly aside: readonly Statement[];
}

/** What one transaction says, with a COPY for each table, and what the server answers. */
export class Exchange {
  readonly script: Script;
  readonly #parts: ExchangeParts;
  /** For each table, how many statements of the script are said by the end of its own. */
  readonly #ends: number[] = [];
  readonly #copiedRows: number[] = [];

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.script = new Script(this.#statements());
  }

  /**
   * Called when the server has ended the transaction as it was told to.
   *
   * @returns what became of the rows of each table
   */
  conclude(): Written[] {
    const { writings, end } = this.#parts;
    if (end === "COMMIT") {
      writings.forEach((writing) => writing.onCommit());
    }
    return writings.map((writing, index) => writing.written(this.#copiedRows[index]!));
  }

  /** Called for each NOTICE of the server. */
  onNotice(notice: PgNotice): void {
    this.#parts.writings[this.#current]?.onNotice(notice);
  }

  /**
   * Explains an ERROR. It is about rows only if it arose while they were written.
   *
   * @param rows how many were sent to each table
   * @returns its row is counted over all tables
   */
  refusal(error: PgServerError, rows: readonly number[]): Refusal {
    const { aside, writings } = this.#parts;
    const index = writings.length === 1 ? 0 : this.#current;
    const writing = writings[index];
    const isAside =
      writings.length === 0 ||
      this.#isInGuard ||
      writing?.before.some((statement) => !this.script.hasAnswered(statement)) === true ||
      aside.some((statement) => {
        return !this.script.hasAnswered(statement) || statement.hasCaused?.(error) === true;
      });
    if (isAside) {
      return { error, place: "aside", row: undefined };
    }
    if (writing === undefined) {
      // A deferred constraint of any table.
      return { error, place: placeOf(error.where), row: undefined };
    }
    const refusal = writing.refusal(error, rows[index]!);
    if (writings.length === 1) {
      return refusal;
    }
    const before = rows.slice(0, index).reduce((sum, count) => sum + count, 0);
    const row = refusal.row === undefined ? undefined : before + refusal.row;
    return { ...refusal, row, writing: index };
  }

  /** Whether what is being answered is said by the guard. */
  get #isInGuard(): boolean {
    const { before, after } = this.#parts.proof;
    const isOpen = (statement: Statement): boolean => !this.script.hasAnswered(statement);
    return before.some(isOpen) || (this.#current === this.#ends.length && after.some(isOpen));
  }

  /** The table whose statements are being answered; their number, if all are. */
  get #current(): number {
    const index = this.#ends.findIndex((end) => this.script.answered < end);
    return index === -1 ? this.#ends.length : index;
  }

  /**
   * A pooler must not lend the server's connection to another client after an ERROR, while CopyData is
   * still on its way: PgBouncer 1.18 does, in the middle of a message, which breaks that client's
   * connection (its pull request 1471). In an explicit transaction it waits for the ROLLBACK.
   */
  #statements(): Statement[] {
    const { origin, proof, writings, end, aside } = this.#parts;
    const isExplicit = origin.isPooled || end === "ROLLBACK";
    const statements: Statement[] = isExplicit ? [{ sql: "BEGIN" }] : [];
    statements.push(...proof.before, ...aside);
    writings.forEach(({ before, copy, after }, index) => {
      const onTag = (tag: string): void => this.#onCopied(index, tag);
      statements.push(...before, { sql: copy, onTag }, ...after);
      this.#ends.push(statements.length);
    });
    statements.push(...proof.after);
    if (isExplicit) {
      statements.push({ sql: end });
    }
    return statements;
  }

  #onCopied(index: number, tag: string): void {
    this.#copiedRows[index] = Number(tag.slice("COPY ".length));
  }
}

import type { Proof } from "./guard.js";
import type { Origin } from "./origin.js";
import { Script } from "./script.js";
import type { PgServerError } from "./server-error.js";
import type { Statement } from "./statement.js";
import type { Refusal, Writing, Written } from "./write.js";

/** What one transaction consists of. */
export interface ExchangeParts {
  readonly origin: Origin;
  readonly proof: Proof;
  readonly writing: Writing;
  readonly end: "COMMIT" | "ROLLBACK";
  /** What else is said, before the rows are written. */
  readonly aside: readonly Statement[];
}

/** What one transaction says, with a COPY in it, and what the server answers. */
export class Exchange {
  readonly script: Script;
  readonly #parts: ExchangeParts;
  #copiedRows = 0;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.script = new Script(this.#statements());
  }

  /** Called when the server has ended the transaction as it was told to. */
  conclude(): Written {
    const { writing, end } = this.#parts;
    if (end === "COMMIT") {
      writing.onCommit();
    }
    return writing.written(this.#copiedRows);
  }

  /**
   * Explains an ERROR. It is about rows only if it arose while they were written.
   *
   * @param rows how many were sent
   */
  refusal(error: PgServerError, rows: number): Refusal {
    const { aside, writing } = this.#parts;
    const isAside =
      writing.before.some((statement) => !this.script.hasAnswered(statement)) ||
      aside.some((statement) => {
        return !this.script.hasAnswered(statement) || statement.hasCaused?.(error) === true;
      });
    return isAside ? { error, place: "aside", row: undefined } : writing.refusal(error, rows);
  }

  /**
   * A pooler must not lend the server's connection to another client after an ERROR, while CopyData is
   * still on its way: PgBouncer 1.18 does, in the middle of a message, which breaks that client's
   * connection (its pull request 1471). In an explicit transaction it waits for the ROLLBACK.
   */
  #statements(): Statement[] {
    const { origin, proof, writing, end, aside } = this.#parts;
    const copy = { sql: writing.copy, onTag: (tag: string) => this.#onCopied(tag) };
    const statements = [
      ...proof.before,
      ...aside,
      ...writing.before,
      copy,
      ...writing.after,
      ...proof.after,
    ];
    const isExplicit = origin.isPooled || end === "ROLLBACK";
    return isExplicit ? [{ sql: "BEGIN" }, ...statements, { sql: end }] : statements;
  }

  #onCopied(tag: string): void {
    this.#copiedRows = Number(tag.slice("COPY ".length));
  }
}

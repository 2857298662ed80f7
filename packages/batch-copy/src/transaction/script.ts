import type { TextRow } from "../text-query.js";
import type { Statement } from "./statement.js";

/** The statements of a transaction as one simple query, which the server answers in order. */
export class Script {
  readonly #statements: readonly Statement[];
  #answered = 0;

  constructor(statements: readonly Statement[]) {
    this.#statements = statements;
  }

  get text(): string {
    return this.#statements.map(({ sql }) => sql).join("; ");
  }

  /** How many statements the server has completed. */
  get answered(): number {
    return this.#answered;
  }

  /** Whether the server has completed this statement. */
  hasAnswered(statement: Statement): boolean {
    return this.#statements.indexOf(statement) < this.#answered;
  }

  /** Whether the server has completed every statement. */
  get isAnswered(): boolean {
    return this.#answered === this.#statements.length;
  }

  /** Takes a row of the statement that is being answered. */
  onRow(fields: TextRow): void {
    this.#statements[this.#answered]?.onRow?.(fields);
  }

  /** Takes the command tag that completes a statement. */
  onTag(tag: string): void {
    this.#statements[this.#answered]?.onTag?.(tag);
    this.#answered++;
  }
}

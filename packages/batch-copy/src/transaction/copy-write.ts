import { copyLine, placeOf } from "./copy-line.js";
import type { PgServerError } from "./server-error.js";
import type { Refusal, TableWrite, Write, Writing, Written } from "./write.js";

/** A table that COPY fills. */
export interface CopiedTable {
  /** The COPY statement for its columns. */
  readonly statement: string;
  /** The INSERT statement of one row, with a parameter for each column. */
  readonly insertStatement: string;
  /** The bare name, as the context of a COPY's errors has it; undefined if it is ambiguous. */
  readonly contextName: string | undefined;
}

/** Writes rows by COPY into their table. */
export function copyWrite({ statement, insertStatement, contextName }: CopiedTable): TableWrite {
  const write = new CopyWrite(statement, contextName);
  return {
    isOrdered: false,
    mayBeHeldBack: true,
    batch: write,
    part: write,
    trial: write,
    insertStatement,
  };
}

/** It is the same for each transaction. */
class CopyWrite implements Write, Writing {
  readonly before: readonly never[] = [];
  readonly after: readonly never[] = [];
  readonly copy: string;
  readonly #contextName: string | undefined;

  constructor(statement: string, contextName: string | undefined) {
    this.copy = statement;
    this.#contextName = contextName;
  }

  begin(): Writing {
    return this;
  }

  written(copied: number): Written {
    return { rows: copied, updated: 0, ignored: 0 };
  }

  onCommit(): void {}

  onNotice(): void {}

  refusal(error: PgServerError, rows: number): Refusal {
    const line = copyLine(error.where, this.#contextName, rows);
    return { error, place: placeOf(error.where), row: line === undefined ? undefined : line - 1 };
  }
}

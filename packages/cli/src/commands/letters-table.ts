import { describeTable, type TableDescription } from "batch-copy";
import type { Pool } from "pg";

import { quotedName } from "../load/quoted-name.js";
import { UsageError } from "../options/usage-error.js";

/** The columns of a table of dead letters that are shown. */
const SHOWN = [
  "id",
  "at",
  "table_name",
  "row",
  "code",
  "sql_state",
  "message",
  "detail",
  "constraint_name",
  "column_name",
  "source",
  "position",
] as const;

/** A dead letter, as its table has it. NULL for what is not known. */
export interface Letter {
  readonly id: string;
  /** In UTC. */
  readonly at: string;
  /** The table of the row, qualified and quoted. */
  readonly table_name: string;
  readonly row: unknown;
  readonly code: string;
  readonly sql_state: string | null;
  readonly message: string;
  readonly detail: string | null;
  readonly constraint_name: string | null;
  readonly column_name: string | null;
  readonly source: string | null;
  readonly position: string | null;
}

/** How many letters of a table have an error. */
export interface LetterCount {
  readonly table_name: string;
  readonly code: string;
  readonly sql_state: string | null;
  readonly count: string;
  /** The time of the latest one, in UTC. */
  readonly latest: string;
}

/** Letters that are read at once. */
const PAGE = 1000;

const TIME = "to_char(%s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')";

/** A table of dead letters. */
export class LettersTable {
  readonly #pool: Pool;
  /** The table, and the condition for the letters that are wanted. */
  readonly #from: string;

  private constructor(pool: Pool, from: string) {
    this.#pool = pool;
    this.#from = from;
  }

  /**
   * Finds it.
   *
   * @param where a condition as SQL
   * @throws SchemaMismatchError if it does not exist; UsageError if it has no letters
   */
  static async open(pool: Pool, name: string, where: string | undefined): Promise<LettersTable> {
    const table = await describeTable(pool, name);
    refuseOther(table);
    // The line break ends a comment in the condition.
    const condition = where === undefined ? "" : ` WHERE (${where}\n)`;
    return new LettersTable(pool, `(SELECT * FROM ${quotedName(table)}${condition}) AS letters`);
  }

  /** Counts the letters by table and error. */
  async counts(): Promise<LetterCount[]> {
    const { rows } = await this.#pool.query<LetterCount>(
      `SELECT table_name, code, sql_state, count(*)::text AS count,
         ${TIME.replace("%s", "max(at)")} AS latest
       FROM ${this.#from} GROUP BY table_name, code, sql_state ORDER BY count(*) DESC, 1, 3`,
    );
    return rows;
  }

  /** Reads the latest letters, the latest first. */
  async *latest(limit: number): AsyncGenerator<Letter> {
    let before: string | undefined;
    let left = limit;
    while (left > 0) {
      const letters = await this.#page(before, Math.min(left, PAGE));
      yield* letters;
      if (letters.length === 0) {
        return;
      }
      before = letters.at(-1)!.id;
      left -= letters.length;
    }
  }

  async #page(before: string | undefined, limit: number): Promise<Letter[]> {
    const { rows } = await this.#pool.query<Letter>(
      `SELECT id::text, ${TIME.replace("%s", "at")} AS at, table_name, "row", code, sql_state,
         message, detail, constraint_name, column_name, source, position::text
       FROM ${this.#from} WHERE $1::bigint IS NULL OR id < $1::bigint
       ORDER BY letters.id DESC LIMIT $2`,
      [before, limit],
    );
    return rows;
  }
}

function refuseOther(table: TableDescription): void {
  const names = new Set(table.columns.map(({ name }) => name));
  const missing = SHOWN.find((name) => !names.has(name));
  if (missing !== undefined) {
    throw new UsageError(
      `${quotedName(table)} is not a table of dead letters: it has no column "${missing}"`,
    );
  }
}

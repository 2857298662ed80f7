import type { RowCodec } from "../batch/row-codec.js";
import type { Statement } from "../transaction/statement.js";
import type { RefusedFate } from "./fate.js";

/** A row that the server has rejected. */
export interface RejectedRow {
  readonly fate: RefusedFate;
  /** The qualified name of its table. */
  readonly table: string;
  /** The binary form of each value, null for NULL. */
  readonly fields: readonly (Buffer | null)[];
  /** The row was written with it. */
  readonly codec: RowCodec<unknown>;
  /** Its source and its position there, if it has them. */
  readonly place: { readonly source: string; readonly position: bigint } | undefined;
}

/** A letter as SQL, or why there can be none for the row. */
export type Letter = { readonly sql: string } | { readonly whyNot: string };

/** The table in which rejected rows are kept. */
export interface DeadLetters {
  /** Makes the letter of a row. Rejects if there is no connection. */
  letterOf(row: RejectedRow): Promise<Letter>;
  /** The statement that stores letters. */
  statement(letters: readonly string[]): Statement;
}

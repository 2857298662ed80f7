import { EncodeError } from "../errors.js";
import type { Field } from "../table/field.js";
import { textQuery, type TextQueryable } from "../text-query.js";
import { isRefusal, type PgServerError } from "../transaction/server-error.js";
import { letterQuery, takeQuery } from "./letter-queries.js";
import { insertParameters, keyedRow, type TextRecord } from "./letter-row.js";

/** What became of a letter. */
export type LetterOutcome =
  /** How many rows were written: one, if the id is unique. */
  | { readonly kind: "sent"; readonly rows: number }
  /** It is not in the table: another process has sent it, or it was deleted. */
  | { readonly kind: "gone" }
  /** The letter stays. Without a row, the server refused to give it. */
  | {
      readonly kind: "refused";
      readonly row: TextRecord | undefined;
      readonly error: PgServerError | EncodeError;
    };

/** A table of dead letters, and the table that the rows of some of them are for. */
export interface LetterTarget {
  readonly letterTable: string;
  /** The name that its letters have. */
  readonly name: string;
  readonly insertStatement: string;
  readonly columns: readonly Field[];
}

/**
 * Writes the row of a letter and removes the letter, in one transaction.
 *
 * @param onCommit called when the commit is requested
 * @throws what ends the connection.
 */
export async function sendLetter(
  connection: TextQueryable,
  id: bigint,
  target: LetterTarget,
  onCommit: () => void,
): Promise<LetterOutcome> {
  let row: TextRecord | undefined;
  try {
    await connection.query("BEGIN");
    const { letterTable, name } = target;
    const { rows } = await connection.query(takeQuery(letterTable, name, id));
    if (rows.length === 0) {
      const { rows: kept } = await connection.query(letterQuery(letterTable, name, id));
      await connection.query("ROLLBACK");
      return kept.length === 0
        ? { kind: "gone" }
        : { kind: "refused", row: {}, error: notDeleted() };
    }
    for (const [json] of rows) {
      row = {};
      const letter = parse(json);
      row = keyedRow(letter, target.columns);
      const parameters = insertParameters(letter, target.columns);
      await connection.query(textQuery(target.insertStatement, parameters));
    }
    onCommit();
    await connection.query("COMMIT");
    return { kind: "sent", rows: rows.length };
  } catch (error) {
    if (error instanceof EncodeError || isRefusal(error)) {
      await connection.query("ROLLBACK");
      return { kind: "refused", row, error };
    }
    throw error;
  }
}

function notDeleted(): EncodeError {
  const reason = "a policy or a trigger keeps the letter from being deleted";
  return new EncodeError(undefined, undefined, reason);
}

function parse(json: string | null | undefined): TextRecord {
  if (typeof json !== "string") {
    throw new EncodeError(undefined, json, "the letter is not a JSON object");
  }
  return JSON.parse(json) as TextRecord;
}

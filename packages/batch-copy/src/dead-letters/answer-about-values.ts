import type { TextQuery, TextRow } from "../text-query.js";
import { NoLetterError } from "./no-letter-error.js";

/** A connection that is not inside a transaction. */
export interface TextConnection {
  query(query: TextQuery): Promise<{ rows: TextRow[] }>;
}

/**
 * Errors about values and their types: 0A not supported, 22 data, 42 types and privileges on their
 * schemas, 54 limits; and "invalid memory alloc request size", XX000, or no memory, for large values.
 */
const ABOUT_VALUES = /^(?:0A|22|42|54)[0-9A-Z]{3}$|^XX000$|^53200$/;

/**
 * Asks a question about the values of a row, which has one answer.
 *
 * @throws NoLetterError if the server cannot handle the values. Other errors are those of the connection.
 */
export async function answerAboutValues(
  connection: TextConnection,
  query: TextQuery,
): Promise<string> {
  try {
    const { rows } = await connection.query(query);
    return rows[0]![0]!;
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message: string };
    if (typeof code === "string" && ABOUT_VALUES.test(code)) {
      throw new NoLetterError(`the server cannot handle its values: ${message}`, { cause: error });
    }
    throw error;
  }
}

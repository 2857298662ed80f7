import { dollarQuoted } from "../dollar-quoted.js";

/** What is said about a row that was rejected. */
export interface LetterContent {
  /** The qualified name of the row's table, quoted. */
  readonly tableName: string;
  /** The row, from `rowJson` or `sentRowJson`. */
  readonly row: string;
  /** The code of the error that the sender would get: `ROW_REJECTED` or `ENCODE_FAILED`. */
  readonly code: string;
  readonly sqlState: string | undefined;
  readonly message: string;
  readonly detail: string | undefined;
  readonly constraint: string | undefined;
  readonly column: string | undefined;
  /** Where the row comes from, if it belongs to a source. */
  readonly place: SourcePlace | undefined;
}

/** A position of a source. */
interface SourcePlace {
  readonly source: string;
  readonly position: bigint;
}

const COLUMNS =
  '"table_name", "row", "code", "sql_state", "message", "detail", "constraint_name", "column_name", ' +
  '"source", "position"';

/**
 * The INSERT of letters, as a statement without parameters, to be sent together with others. No setting
 * changes its meaning.
 *
 * @param name the qualified name of the table of dead letters, quoted
 * @param letters the values of each
 */
export function insertLetters(name: string, letters: readonly string[]): string {
  return `INSERT INTO ${name} (${COLUMNS}) VALUES ${letters.join(", ")}`;
}

/** The values of a letter as SQL. */
export function letterValues(letter: LetterContent): string {
  const { tableName, row, code, sqlState, message, detail, constraint, column, place } = letter;
  const texts = [code, sqlState, message, detail, constraint, column, place?.source].map(literal);
  const json = `${literal(row)}::pg_catalog.jsonb`;
  const position = place === undefined ? "NULL" : `${place.position}::bigint`;
  return `(${[literal(tableName), json, ...texts, position].join(", ")})`;
}

function literal(text: string | undefined): string {
  return text === undefined ? "NULL" : dollarQuoted(text, "letter");
}

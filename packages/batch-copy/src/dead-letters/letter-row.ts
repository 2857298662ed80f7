import { EncodeError } from "../errors.js";
import type { Field } from "../table/field.js";
import { columnLabel } from "../table/field.js";

/** The text form of each value, or null for NULL, by the column's name in SQL. */
type LetterRow = Readonly<Record<string, unknown>>;

/** A row of the copier, with each value in its text form. */
export type TextRecord = Readonly<Record<string, string | null>>;

/** The row of a letter by the keys of rows, instead of the names in SQL. */
export function keyedRow(letter: string, columns: readonly Field[]): TextRecord {
  const keys = new Map(columns.map(({ key, name }) => [name, key]));
  const entries = Object.entries(JSON.parse(letter) as LetterRow);
  return Object.fromEntries(
    entries.map(([name, value]) => [keys.get(name) ?? name, asText(value)]),
  );
}

/** A letter may have been edited by hand, with a number instead of its text. */
function asText(value: unknown): string | null {
  return value === null || typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * The parameters of the table's INSERT statement: the server reads text forms.
 *
 * @throws EncodeError if the letter and the copier do not have the same columns: a default, or a value
 * that is in the letter, would be lost.
 */
export function insertParameters(
  row: TextRecord,
  columns: readonly Field[],
): readonly (string | null)[] {
  const known = new Set(columns.map(({ key }) => key));
  const unknown = Object.keys(row).find((key) => !known.has(key));
  if (unknown !== undefined) {
    throw new EncodeError(unknown, row[unknown], "the copier does not fill this column");
  }
  return columns.map((column) => {
    const { key, name } = column;
    if (!Object.hasOwn(row, key)) {
      const reason = `the letter has no value for ${columnLabel(column)}`;
      throw new EncodeError(key, undefined, reason, { sqlName: name });
    }
    return row[key]!;
  });
}

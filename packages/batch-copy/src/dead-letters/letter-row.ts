import { EncodeError } from "../errors.js";
import type { Field } from "../table/field.js";
import { columnLabel } from "../table/field.js";

/** The text form of each value, or null for NULL. */
export type TextRecord = Readonly<Record<string, string | null>>;

/** The row of a letter by the keys of rows, instead of the names in SQL. */
export function keyedRow(letter: TextRecord, columns: readonly Field[]): TextRecord {
  const keys = new Map(columns.map(({ key, name }) => [name, key]));
  // An assignment would take a column named __proto__ for the prototype.
  return Object.fromEntries(
    Object.entries(letter).map(([name, value]) => [keys.get(name) ?? name, value]),
  );
}

/**
 * The parameters of the table's INSERT statement: the server reads text forms.
 *
 * @param letter the values by the names of columns in SQL
 * @throws EncodeError if the letter and the copier do not have the same columns: a default, or a value
 * that is in the letter, would be lost.
 */
export function insertParameters(
  letter: TextRecord,
  columns: readonly Field[],
): readonly (string | null)[] {
  const known = new Set(columns.map(({ name }) => name));
  const unknown = Object.keys(letter).find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new EncodeError(unknown, letter[unknown], "the copier does not fill this column");
  }
  return columns.map((column) => {
    const { key, name } = column;
    if (!Object.hasOwn(letter, name)) {
      const reason = `the letter has no value for ${columnLabel(column)}`;
      throw new EncodeError(key, undefined, reason, { sqlName: name });
    }
    return letter[name]!;
  });
}

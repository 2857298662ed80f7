import { reasonOf } from "../codecs/describe-value.js";
import type { TypeDescription } from "../codecs/type-description.js";
import { textQuery } from "../text-query.js";
import { answerAboutValues, type TextConnection } from "./answer-about-values.js";
import { fieldText, type LeafText } from "./field-text.js";
import { Leaves } from "./leaves.js";
import { checkJsonBytes, NoLetterError, tooLarge } from "./no-letter-error.js";
import { textOfBytes } from "./text-of-bytes.js";

/** A column of a row that becomes a letter. */
export interface LetterColumn {
  readonly name: string;
  readonly type: TypeDescription;
}

type RowTexts = Readonly<Record<string, string | null>>;

/**
 * A row as JSON: an object with the text form of each value, or null for NULL, by column name.
 *
 * @param fields the binary form of each column's value, null for NULL
 * @throws NoLetterError if the row cannot be stored so. Other errors are those of the connection.
 */
export async function rowJson(
  columns: readonly LetterColumn[],
  fields: readonly (Buffer | null)[],
  connection: TextConnection,
): Promise<string> {
  const leaves = new Leaves();
  rowTexts(columns, fields, (type, bytes) => {
    if (textOfBytes(type) === undefined) {
      leaves.add(type, bytes);
    }
    return "";
  });
  const next = await leaves.print(connection);
  const texts = rowTexts(
    columns,
    fields,
    (type, bytes) => textOfBytes(type)?.(bytes) ?? next(type),
  );
  return jsonOf(texts);
}

/**
 * Checks that the database, whose encoding is not UTF-8, can store the JSON of a row.
 *
 * @throws NoLetterError if it cannot: it may have rejected the row for the same reason.
 */
export async function checkCharacters(json: string, connection: TextConnection): Promise<void> {
  const query = textQuery("SELECT pg_catalog.octet_length($1::pg_catalog.text)::pg_catalog.text", [
    json,
  ]);
  await answerAboutValues(connection, query);
}

function rowTexts(
  columns: readonly LetterColumn[],
  fields: readonly (Buffer | null)[],
  leaf: LeafText,
): RowTexts {
  const entries = columns.map(({ name, type }, i): [string, string | null] => {
    const bytes = fields[i] ?? null;
    return [name, bytes === null ? null : columnText(name, () => fieldText(type, bytes, leaf))];
  });
  // An assignment would take a column named __proto__ for the prototype.
  return Object.fromEntries(entries);
}

/** A codec of the user's own may have written bytes that do not have the layout of the type. */
function columnText(name: string, make: () => string): string {
  try {
    return make();
  } catch (error) {
    throw new NoLetterError(`column ${JSON.stringify(name)}: ${reasonOf(error)}`, { cause: error });
  }
}

function jsonOf(texts: RowTexts): string {
  let json: string;
  try {
    json = JSON.stringify(texts);
  } catch {
    // The engine limits the length of strings.
    throw tooLarge();
  }
  checkJsonBytes(Buffer.byteLength(json));
  return json;
}

import { quoteQualified } from "./codecs/identifier.js";
import type { Connections } from "./copy/connections.js";
import { insertLetters, letterValues } from "./dead-letters/letter-insert.js";
import type { LetterTable } from "./dead-letters/letter-table.js";
import { NoLetterError } from "./dead-letters/no-letter-error.js";
import { checkCharacters, rowJson } from "./dead-letters/row-json.js";
import { sentRowJson, storableText } from "./dead-letters/sent-row-json.js";
import type { DeadLetters, Letter, RejectedRow } from "./delivery/dead-letters.js";
import { isAboutTable } from "./delivery/row-error.js";
import { constraintOf } from "./delivery/worker-constraint.js";
import type { EncodeError } from "./errors.js";
import type { SourcePlace } from "./source/make-invalid-row.js";
import type { RowFormat } from "./table/row-format.js";
import type { PgServerError } from "./transaction/server-error.js";

/**
 * Writes the dead letters of one table.
 *
 * @param tableName the qualified name of the table that the rows were sent to, quoted
 */
export function letterWriter(
  connections: Connections,
  { name, isUtf8 }: LetterTable,
  tableName: string,
): DeadLetters {
  return {
    letterOf: (row) => connections.use((client) => letterOf(row, { tableName, isUtf8 }, client)),
    statement: (letters) => ({
      sql: insertLetters(name, letters),
      hasCaused: (error) => name !== tableName && isOfTable(name, error),
    }),
  };
}

/**
 * Writes the dead letters of rows that cannot be encoded. The server is not asked: all values are texts.
 *
 * @param format how rows are written now
 */
export function invalidLetterWriter(
  { isUtf8 }: LetterTable,
  tableName: string,
  format: () => RowFormat<object>,
): (row: object, error: EncodeError, place: SourcePlace) => string {
  return (row, error, place) => {
    const { columns } = format();
    const name = columns.find(({ key }) => key === error.column)?.name ?? error.column;
    const storable = (text: string): string => storableText(text, isUtf8);
    return letterValues({
      tableName,
      row: sentRowJson(row, columns, storable),
      code: "ENCODE_FAILED",
      sqlState: undefined,
      message: storable(error.message),
      detail: undefined,
      constraint: undefined,
      column: name && storable(name),
      place,
    });
  };
}

/** Whether a constraint of the table was violated, and not in a function. */
function isOfTable(name: string, { schema, table, where }: PgServerError): boolean {
  const isNamed = schema !== undefined && table !== undefined && where === undefined;
  return isNamed && quoteQualified(schema, table) === name;
}

async function letterOf(
  { fate, table, fields, codec, place }: RejectedRow,
  { tableName, isUtf8 }: { readonly tableName: string; readonly isUtf8: boolean },
  client: Parameters<typeof rowJson>[2],
): Promise<Letter> {
  // The batches of a table have no other codec.
  const { columns } = codec as RowFormat<object>;
  try {
    const row = await rowJson(columns, fields, client);
    if (!isUtf8) {
      await checkCharacters(row, client);
    }
    const { code: sqlState, message, detail } = fate.error;
    const column = isAboutTable(fate, table) ? fate.error.column : undefined;
    const constraint = constraintOf(fate.error);
    const error = { code: "ROW_REJECTED", sqlState, message, detail, constraint, column } as const;
    return { sql: letterValues({ tableName, row, ...error, place }) };
  } catch (error) {
    if (error instanceof NoLetterError) {
      return { whyNot: error.message };
    }
    throw error;
  }
}

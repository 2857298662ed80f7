import { quoteIdentifier } from "../codecs/identifier.js";

/** A column of a table: its key in rows, and its name in SQL. */
export interface Field {
  readonly key: string;
  readonly name: string;
}

/** A column in a message: `column "status_code" (statusCode)`, without the key if it is the name. */
export function columnLabel({ key, name }: Field): string {
  const column = `column ${quoteIdentifier(name)}`;
  return key === name ? column : `${column} (${key})`;
}

/** The name of a table, with its schema if one is given. */
export interface TableName {
  readonly schema: string | undefined;
  readonly name: string;
}

/** A name that SQL folds to lower case, or one in quotes, whose own quotes are doubled. */
const PART = /"(?:[^"\0]|"")+"|[\p{L}_][\p{L}\p{M}\d_$]*/u;
const NAME = new RegExp(`^\\s*(${PART.source})(?:\\s*\\.\\s*(${PART.source}))?\\s*$`, "u");

/**
 * Reads the name of a table as SQL does: `app.ledger`, `"App"."Ledger"`.
 *
 * @returns undefined if it is none
 */
export function readTableName(text: string): TableName | undefined {
  const [, first, second] = NAME.exec(text) ?? [];
  if (first === undefined || !text.isWellFormed()) {
    return undefined;
  }
  return second === undefined
    ? { schema: undefined, name: unquoted(first) }
    : { schema: unquoted(first), name: unquoted(second) };
}

/** Only ASCII letters are folded: the server does no more in UTF-8 (`downcase_identifier`). */
function unquoted(part: string): string {
  return part.startsWith('"')
    ? part.slice(1, -1).replaceAll('""', '"')
    : part.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

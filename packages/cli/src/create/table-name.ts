import { UsageError } from "../options/usage-error.js";

/** The name of a table, in parts. */
export interface TableName {
  /** Undefined: the first schema of the search_path. */
  readonly schema: string | undefined;
  readonly name: string;
}

const PART = String.raw`(?:"(?:[^"]|"")+"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)`;
const NAME = new RegExp(`^(?:(${PART})\\.)?(${PART})$`);

/**
 * Reads the name of a table as SQL does: `app.prices`, `"My Table"`.
 *
 * @throws UsageError if it is none
 */
export function readTableName(text: string): TableName {
  const match = NAME.exec(text);
  if (match === null) {
    throw new UsageError(
      `--into must be the name of a table, such as app.prices or "My Table", got ${JSON.stringify(text)}`,
    );
  }
  return { schema: match[1] && unquoted(match[1]), name: unquoted(match[2]!) };
}

/** `downcase_identifier` in src/backend/parser/scansup.c folds the letters of ASCII only. */
function unquoted(part: string): string {
  return part.startsWith('"')
    ? part.slice(1, -1).replaceAll('""', '"')
    : part.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The name in quotes, so that it may be any word. */
export function quotedTableName({ schema, name }: TableName): string {
  return schema === undefined ? quoted(name) : `${quoted(schema)}.${quoted(name)}`;
}

/** An identifier in quotes. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

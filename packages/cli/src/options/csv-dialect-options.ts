import { shown } from "./option-values.js";
import { UsageError } from "./usage-error.js";

/** What separates fields, encloses them, and stands for NULL. */
interface CsvDialectOptions {
  readonly delimiter: string | undefined;
  readonly quote: string;
  readonly nullText: string;
}

/** How a tab is written where it can hardly be typed. */
const NAMES_OF_TAB: ReadonlySet<string> = new Set(["\\t", "tab"]);

/**
 * Checks `--delimiter`, `--quote` and `--null`, with the rules of COPY that make a file readable
 * (`ProcessCopyOptions` in PostgreSQL's commands/copy.c).
 */
export function readCsvDialect(given: {
  readonly delimiter?: string;
  readonly quote?: string;
  readonly null?: string;
}): CsvDialectOptions {
  const delimiter = given.delimiter === undefined ? undefined : delimiterOf(given.delimiter);
  const quote = quoteOf(given.quote ?? '"');
  const nullText = given.null ?? "";
  if (delimiter !== undefined && delimiter === quote) {
    throw new UsageError(`--delimiter and --quote must differ, got ${shown(delimiter)} for both`);
  }
  if (/[\r\n]/.test(nullText)) {
    throw new UsageError(`--null must not contain a line break, got ${shown(nullText)}`);
  }
  for (const [option, character] of [
    ["--delimiter", delimiter],
    ["--quote", quote],
  ] as const) {
    if (character && nullText.includes(character)) {
      throw new UsageError(
        `--null must not contain the character of ${option}, ${shown(character)}, got ${shown(nullText)}`,
      );
    }
  }
  return { delimiter, quote, nullText };
}

function delimiterOf(text: string): string {
  const delimiter = NAMES_OF_TAB.has(text.toLowerCase()) ? "\t" : text;
  if (!isOneByte(delimiter)) {
    throw new UsageError(
      `--delimiter must be one ASCII character, or tab, and no line break, got ${shown(text)}`,
    );
  }
  return delimiter;
}

function quoteOf(text: string): string {
  if (text === "none" || text === "") {
    return "";
  }
  if (!isOneByte(text)) {
    throw new UsageError(
      `--quote must be one ASCII character and no line break, or none, got ${shown(text)}`,
    );
  }
  return text;
}

function isOneByte(text: string): boolean {
  return Buffer.byteLength(text) === 1 && !["\0", "\r", "\n"].includes(text);
}

/** How the records of a CSV file are written. */
export interface CsvDialect {
  /** One byte between fields. @default "," */
  readonly delimiter: string;
  /** One byte around fields; `null` if quotes mean nothing. @default '"' */
  readonly quote: string | null;
  /** The text of an unquoted field that is NULL. @default "" */
  readonly nullText: string;
  /** What ends a line. `"\n"` takes `"\r\n"` as well. @default "\n" */
  readonly lineEnd: "\n" | "\r";
  /** How many fields each record must have. @default `undefined`: any number */
  readonly fields: number | undefined;
  /** The largest number of bytes of a record, with its line terminator. @default 16 MiB */
  readonly maxRecordBytes: number;
}

/** The dialect of COPY's CSV format. */
export const COPY_CSV: CsvDialect = Object.freeze({
  delimiter: ",",
  quote: '"',
  nullText: "",
  lineEnd: "\n",
  fields: undefined,
  maxRecordBytes: 16 * 1024 * 1024,
});

/**
 * Fills in COPY's defaults, under the rules that COPY has for its options.
 *
 * @throws Error that names the option and its value
 */
export function resolveDialect(options: Partial<CsvDialect>): CsvDialect {
  const dialect = { ...COPY_CSV, ...options };
  const { delimiter, quote, nullText } = dialect;
  checkByte("delimiter", delimiter);
  if (quote !== null) checkByte("quote", quote);
  if (delimiter === quote) throw new Error("The delimiter and the quote must be different.");
  for (const special of [delimiter, quote, "\n", "\r"]) {
    if (special !== null && nullText.includes(special)) {
      const text = JSON.stringify(nullText);
      throw new Error(`The null string ${text} must not contain ${JSON.stringify(special)}.`);
    }
  }
  return dialect;
}

function checkByte(option: string, value: string): void {
  if (Buffer.byteLength(value) !== 1 || value === "\n" || value === "\r" || value === "\0") {
    const text = JSON.stringify(value);
    throw new Error(`The ${option} must be a single one-byte character, not ${text}.`);
  }
}

/** How the records of a CSV file are written. Delimiter, quote and line end differ from each other. */
export interface CsvDialect {
  /** One byte between fields. @default "," */
  readonly delimiter: string;
  /** One byte around fields, or `""` if there are no quotes. @default '"' */
  readonly quote: string;
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

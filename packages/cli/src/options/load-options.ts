import type { InputCompression } from "../input/find-compression.js";
import type { InputFormat } from "../input/find-format.js";

/** How many rejected rows stop a load: a number of rows, or a percentage of the records read so far. */
export type MaxRejects =
  | { readonly rows: number; readonly percent?: never }
  | { readonly percent: number; readonly rows?: never };

/** The options of `batch-copy load`, checked and frozen. What is undefined was not given. */
export interface LoadOptions {
  /** Paths, patterns such as `logs-*.csv`, and `-` for stdin, at least one and stdin at most once. */
  readonly files: readonly string[];
  /** The table, as SQL reads its name: `app.prices`, `"My Table"`. */
  readonly into: string;
  /** The format of all files; otherwise it is found by name, else by content. */
  readonly format: InputFormat | undefined;
  /**
   * Whether the first line of a CSV file is a header. `auto`: if each of its fields is a column of the
   * table, after `map`.
   */
  readonly header: "auto" | boolean;
  /**
   * The columns that the fields of a CSV record fill, from left to right; `""` skips a field. A header
   * line, if `header` is true, is then read and ignored. `header` is never `"auto"` beside it. In NDJSON
   * and Parquet files: the keys to load, after `map`; others are ignored.
   */
  readonly columns: readonly string[] | undefined;
  /** The column for a name in the file (of the header, a key, a Parquet column); `""` skips it. */
  readonly map: ReadonlyMap<string, string>;
  /** One character of ASCII; otherwise it is detected. */
  readonly delimiter: string | undefined;
  /** One character of ASCII, or `""` for none. */
  readonly quote: string;
  /** The unquoted text that is NULL in CSV. */
  readonly nullText: string;
  /** `iso-8859-1`, or the name of an encoding that TextDecoder knows; undefined: UTF-8. */
  readonly encoding: string | undefined;
  /** How all files are compressed; otherwise it is found by content. */
  readonly compression: InputCompression | undefined;
  /** What to do with a row whose key is in the table already; undefined: it is rejected. */
  readonly onConflict: "update" | "ignore" | undefined;
  /** The columns of the unique index for `onConflict`; undefined: the primary key. */
  readonly key: readonly string[] | undefined;
  /** The file that rejected rows are written to; undefined: they are only counted. */
  readonly rejects: string | undefined;
  /** The load stops when there are more; undefined: it never does. */
  readonly maxRejects: MaxRejects | undefined;
  /** Go on where an interrupted load of the same files stopped. Never together with `again`. */
  readonly resume: boolean;
  /** Load files that were loaded before once more. */
  readonly again: boolean;
  /** Read at most so many records in this run, of all files together. */
  readonly limit: number | undefined;
  /** Skip so many records at the start of each file, after the header. */
  readonly skip: number;
  /** Read and encode everything, and write nothing. */
  readonly dryRun: boolean;
  /** Create the table from the first file if it does not exist. */
  readonly create: boolean;
  /** `snake_case`: the name `unitPrice` or `Unit Price` in a file is the column `unit_price`. */
  readonly names: "snake_case" | undefined;
  /** How many connections write at once. */
  readonly connections: number;
  /** The largest number of rows in one transaction. */
  readonly batchRows: number;
  /** What is shown on stderr. `auto`: `bar` on a terminal, else `plain`. */
  readonly progress: "auto" | "bar" | "plain" | "none";
  /** Show nothing but errors. */
  readonly quiet: boolean;
  /** Show also what was decided: formats, columns, types, retries. */
  readonly verbose: boolean;
  /** Write progress, the summary and errors as JSON lines to stdout instead of texts to stderr. */
  readonly json: boolean;
  /** undefined: DATABASE_URL, else the PG* variables, which the library reads. */
  readonly databaseUrl: string | undefined;
  /** Delete the rows of the table first. Never together with `resume`. */
  readonly truncate: boolean;
  /** The same text in these columns of every row, as COPY would read it. */
  readonly set: ReadonlyMap<string, string>;
  /** The table of the ledger, as SQL reads its name. */
  readonly ledger: string | undefined;
  /** Whether a key of an NDJSON record that is no column is a reject or is ignored. */
  readonly unknownKeys: "error" | "ignore";
}

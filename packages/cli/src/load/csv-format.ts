import type { TableDescription } from "batch-copy";

import { findDialect } from "../file/find-dialect.js";
import type { Input } from "../input/open-input.js";
import type { LoadOptions } from "../options/load-options.js";
import { UsageError } from "../options/usage-error.js";
import type { CsvDialect } from "../read/csv/csv-dialect.js";
import { CsvReader } from "../read/csv/csv-reader.js";
import { readHeader, type Header } from "../read/csv/header.js";
import { areColumns, fillableColumns } from "./field-plan.js";
import type { TextFormat } from "./text-file.js";

/** Finds out how a CSV file is written, and what its fields are. */
export function csvFormat(input: Input, table: TableDescription, options: LoadOptions): TextFormat {
  const dialect = findDialect(input, options);
  const first = readHeader(input.start, dialect);
  if (options.header === true && first === undefined && input.start.length > 0) {
    throw new UsageError(`the first line of ${input.name} is not a header: it is not well formed`);
  }
  const hasHeader = first !== undefined && isHeader(first, table, options);
  const fields =
    options.columns ?? (hasHeader ? first.fields : undefined) ?? unnamed(first, table, options);
  const whole: CsvDialect = { ...dialect, fields: fields.length };
  return {
    fields,
    header: hasHeader ? input.start.subarray(0, first.next.offset) : NOTHING,
    description: described(dialect.delimiter, hasHeader, fields),
    decision: options.header === "auto" ? decided(hasHeader) : undefined,
    start: hasHeader ? first.next.offset : 0,
    startLine: hasHeader ? first.next.line : 1,
    lineEnd: dialect.lineEnd.charCodeAt(0),
    reader: (handler, from) => new CsvReader(whole, handler, from),
  };
}

const NOTHING = new Uint8Array(0);

function isHeader(first: Header, table: TableDescription, options: LoadOptions): boolean {
  return options.header === "auto" ? areColumns(first.fields, table, options) : options.header;
}

/** Without a header, the fields are the columns of the table, in its order. */
function unnamed(
  first: Header | undefined,
  table: TableDescription,
  options: LoadOptions,
): readonly string[] {
  const columns = fillableColumns(table, options);
  const count = first?.fields.length ?? columns.length;
  if (count !== columns.length) {
    throw new UsageError(
      `the first line has ${count} ${count === 1 ? "field" : "fields"}, and ${options.into} has ${columns.length} columns (${columns.join(", ")}): name those of the file with --columns, or use --header if the first line is a header`,
    );
  }
  return columns;
}

function described(delimiter: string, hasHeader: boolean, fields: readonly string[]): string {
  const separator = delimiter === "\t" ? "a tab" : JSON.stringify(delimiter);
  const first = hasHeader ? "a header" : "a row";
  return `CSV, fields separated by ${separator}, the first line is ${first}; fields: ${fields.join(", ")}`;
}

function decided(hasHeader: boolean): string {
  return hasHeader
    ? "the first line is a header, because its fields are columns (otherwise use --no-header)"
    : "the first line is a row (otherwise use --header)";
}

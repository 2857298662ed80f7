import { columnNameOf } from "../file/column-name.js";
import { findDialect } from "../file/find-dialect.js";
import type { Input } from "../input/open-input.js";
import type { LoadOptions } from "../options/load-options.js";
import { UsageError } from "../options/usage-error.js";
import { CsvReader } from "../read/csv/csv-reader.js";
import { readHeader, type Header } from "../read/csv/header.js";
import { fieldText } from "../read/field-text.js";
import { ColumnGuess } from "./column-guess.js";
import type { ProposedColumn } from "./propose-table.js";
import { SAMPLED_RECORDS, sampleOf, type Sample } from "./sample.js";
import { textTypeOf } from "./text-type.js";

/** Columns for a CSV file, and what was decided about its first line. */
export interface CsvColumns {
  readonly columns: readonly ProposedColumn[];
  /** Undefined if the user has said it. */
  readonly decision: string | undefined;
}

/** @throws UsageError if the file is empty */
export async function csvColumns(input: Input, options: LoadOptions): Promise<CsvColumns> {
  const dialect = findDialect(input, options);
  const sample = await sampleOf(input);
  const first = readHeader(sample.bytes, dialect);
  if (first === undefined) {
    throw new UsageError(`${input.name} has no first record from which a table could be created`);
  }
  const hasHeader = options.header === "auto" ? isHeader(first.fields) : options.header;
  const fields =
    options.columns ??
    (hasHeader ? first.fields : first.fields.map((_, index) => `column${index + 1}`));
  const guesses = fields.map(() => new ColumnGuess());
  const start = hasHeader ? first.next : { offset: 0, line: 1 };
  readInto(guesses, sample, start, (handler) => {
    return new CsvReader({ ...dialect, fields: fields.length }, handler, start);
  });
  const columns = fields.flatMap((field, index) => {
    const name = columnNameOf(field, options);
    return name === "" ? [] : [{ name, type: guesses[index]!.type }];
  });
  const decision = hasHeader
    ? "the first line is a header, because its fields are different names (otherwise use --no-header)"
    : "the first line is a row (otherwise use --header)";
  return { columns, decision: options.header === "auto" ? decision : undefined };
}

/** Names are different texts, and no numbers or dates. */
function isHeader(fields: readonly string[]): boolean {
  return (
    new Set(fields).size === fields.length &&
    fields.every((field) => field !== "" && textTypeOf(field) === "text")
  );
}

type Handler = ConstructorParameters<typeof CsvReader>[1];

function readInto(
  guesses: readonly ColumnGuess[],
  { bytes, isWhole }: Sample,
  { offset }: Header["next"],
  readerOf: (handler: Handler) => CsvReader,
): void {
  let records = 0;
  const reader = readerOf({
    record(fields) {
      guesses.forEach((guess, index) => {
        const text = fieldText(fields, index);
        if (text !== undefined) {
          guess.add(text);
        }
      });
      if (++records === SAMPLED_RECORDS) {
        reader.stop();
      }
    },
    // It will be a reject.
    bad: () => {},
  });
  reader.push(bytes.subarray(offset));
  if (isWhole || records === 0) {
    reader.end();
  }
}

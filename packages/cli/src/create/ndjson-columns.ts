import { columnNameOf } from "../file/column-name.js";
import { sampledKeys } from "../file/sampled-keys.js";
import type { Input } from "../input/open-input.js";
import type { LoadOptions } from "../options/load-options.js";
import { fieldText } from "../read/field-text.js";
import { NdjsonReader } from "../read/ndjson/ndjson-reader.js";
import { ColumnGuess } from "./column-guess.js";
import type { ProposedColumn } from "./propose-table.js";
import { SAMPLED_RECORDS, sampleOf } from "./sample.js";

/** Columns for the keys of the first objects of an NDJSON file. */
export async function ndjsonColumns(input: Input, options: LoadOptions): Promise<ProposedColumn[]> {
  const { bytes, isWhole } = await sampleOf(input);
  const chosen = options.columns?.filter((key) => key !== "");
  const keys = chosen ?? sampledKeys(bytes);
  const guesses = keys.map(() => new ColumnGuess());
  let records = 0;
  const reader = new NdjsonReader(
    // As JSON, numbers are as they were written, and strings can be told from them.
    keys.map((key) => ({ key, isJson: true, isArray: false })),
    {
      record(fields) {
        guesses.forEach((guess, index) => {
          const json = fieldText(fields, index);
          if (json !== undefined) {
            guess.addJson(json);
          }
        });
        if (++records === SAMPLED_RECORDS) {
          reader.stop();
        }
      },
      // It will be a reject.
      bad: () => {},
    },
    { offset: 0, line: 1 },
    { unknownKeys: "ignore" },
  );
  reader.push(bytes);
  if (isWhole || records === 0) {
    reader.end();
  }
  return keys.flatMap((key, index) => {
    const name = columnNameOf(key, options);
    return name === "" ? [] : [{ name, type: guesses[index]!.type }];
  });
}

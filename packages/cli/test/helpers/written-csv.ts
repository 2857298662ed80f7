import fc, { type Arbitrary } from "fast-check";

/** A file, and what it was written from. */
export interface WrittenCsv {
  readonly file: string;
  readonly delimiter: string;
  readonly fields: number;
  readonly rows: readonly (readonly (string | null)[])[];
}

const texts: Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.string({
    unit: fc.constantFrom(
      '"',
      ",",
      ";",
      "\t",
      "|",
      "\n",
      "\r",
      "\r\n",
      "a",
      " ",
      "\\",
      "ü",
      "\u{1F600}",
      "\uFEFF",
    ),
    maxLength: 8,
  }),
);

/** Files as RFC 4180 has them, in which fields are quoted where they must be, and elsewhere by chance. */
export function writtenCsv(lineEnds: readonly string[]): Arbitrary<WrittenCsv> {
  const shapes = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(",", ";", "\t", "|"));
  return shapes.chain(([fields, delimiter]) => {
    const field = fc.record({ value: fc.option(texts), isQuoted: fc.boolean() });
    const row = fc.record({
      values: fc.array(field, { minLength: fields, maxLength: fields }),
      lineEnd: fc.constantFrom(...lineEnds),
    });
    const rows = fc.array(row, { minLength: 1, maxLength: 6 });
    return fc.tuple(rows, fc.boolean()).map(([written, hasLastEnd]) => {
      const lines = written.map(({ values }) =>
        values.map(({ value, isQuoted }) => writeField(value, isQuoted, delimiter)).join(delimiter),
      );
      // An empty line is a record only if it has a terminator.
      const isEnded = hasLastEnd || lines.at(-1) === "";
      const ends = written.map(({ lineEnd }, n) =>
        n < lines.length - 1 || isEnded ? lineEnd : "",
      );
      return {
        file: lines.map((line, n) => line + ends[n]!).join(""),
        delimiter,
        fields,
        rows: written.map(({ values }) => values.map(({ value }) => value)),
      };
    });
  });
}

function writeField(value: string | null, isQuoted: boolean, delimiter: string): string {
  if (value === null) return "";
  const mustBeQuoted = value === "" || value.includes(delimiter) || /["\r\n]|^\uFEFF/.test(value);
  return isQuoted || mustBeQuoted ? `"${value.replaceAll('"', '""')}"` : value;
}

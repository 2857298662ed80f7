import { CARRIAGE_RETURN, NEWLINE } from "./byte-classes.js";
import { COPY_CSV, type CsvDialect } from "./csv-dialect.js";
import { CsvReader } from "./csv-reader.js";

/** In the order in which they are preferred if nothing else decides. */
const DELIMITERS = [",", ";", "\t", "|"] as const;
const SAMPLED_RECORDS = 100;

/** What the start of a file looks like. */
export interface DetectedDialect {
  /** `undefined` if no delimiter splits most of the first records into the same number of fields. */
  readonly delimiter: string | undefined;
  readonly lineEnd: CsvDialect["lineEnd"];
  readonly hasByteOrderMark: boolean;
}

/** What is known of a file besides its first bytes. */
export interface SampleOptions {
  /** The name of the file: `.tsv` and `.tab`, compressed or not, mean tabs. */
  readonly name?: string;
  /** Whether the sample is the whole file. */
  readonly isWhole: boolean;
  /** The quote that the user gave. @default '"' */
  readonly quote?: string;
}

/** Proposes a dialect from the first bytes of a file. */
export function detectDialect(sample: Uint8Array, options: SampleOptions): DetectedDialect {
  const { name = "", quote = COPY_CSV.quote, isWhole } = options;
  const lineEnd = detectLineEnd(sample, quote);
  const hasByteOrderMark = sample[0] === 0xef && sample[1] === 0xbb && sample[2] === 0xbf;
  const delimiter = /\.(tsv|tab)(\.\w+)?$/i.test(name)
    ? "\t"
    : detectDelimiter(sample, { ...COPY_CSV, quote, lineEnd }, isWhole);
  return { delimiter, lineEnd, hasByteOrderMark };
}

/** A carriage return ends lines only if there is no newline outside quotes. */
function detectLineEnd(sample: Uint8Array, quote: string): CsvDialect["lineEnd"] {
  let isQuoted = false;
  let hasReturn = false;
  for (const [at, byte] of sample.entries()) {
    if (byte === quote.charCodeAt(0)) isQuoted = !isQuoted;
    else if (byte === NEWLINE && !isQuoted) return "\n";
    // A newline may follow the last byte.
    else if (byte === CARRIAGE_RETURN && !isQuoted) hasReturn ||= at < sample.length - 1;
  }
  return hasReturn ? "\r" : "\n";
}

interface Split {
  readonly delimiter: string;
  /** The number of fields that most records have. */
  readonly fields: number;
  /** The part of the records that have it. */
  readonly share: number;
}

function detectDelimiter(
  sample: Uint8Array,
  dialect: CsvDialect,
  isWhole: boolean,
): string | undefined {
  const splits = DELIMITERS.filter((delimiter) => delimiter !== dialect.quote)
    .map((delimiter) => splitBy({ ...dialect, delimiter }, sample, isWhole))
    .filter(({ fields, share }) => fields > 1 && share > 0.5);
  const isDecimalComma =
    splits.some(({ delimiter }) => delimiter === ";") && hasOnlyDecimalCommas(sample);
  const [best] = splits
    .filter(({ delimiter }) => !(isDecimalComma && delimiter === ","))
    .toSorted((a, b) => b.share - a.share || b.fields - a.fields);
  return best?.delimiter;
}

function splitBy(dialect: CsvDialect, sample: Uint8Array, isWhole: boolean): Split {
  const records = new Map<number, number>();
  let total = 0;
  const count = (fields: number) => {
    records.set(fields, (records.get(fields) ?? 0) + 1);
    if (++total === SAMPLED_RECORDS) reader.stop();
  };
  const reader = new CsvReader(dialect, {
    record: (fields) => count(fields.count),
    bad: () => count(0),
  });
  reader.push(sample);
  // The last record of a sample may be cut.
  if (isWhole || total === 0) reader.end();
  const [fields, most] = [...records].toSorted(([, a], [, b]) => b - a)[0] ?? [0, 0];
  return { delimiter: dialect.delimiter, fields, share: most / Math.max(total, 1) };
}

/** Whether every comma is between digits, as in `1,5;2,5`. */
function hasOnlyDecimalCommas(sample: Uint8Array): boolean {
  return !/(?<!\d),|,(?!\d|$)/.test(Buffer.from(sample).toString("latin1"));
}

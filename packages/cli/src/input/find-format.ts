/** The formats of files. TSV is CSV with a tab as its delimiter. */
export type InputFormat = "csv" | "ndjson" | "parquet";

const BY_EXTENSION: Readonly<Record<string, InputFormat>> = {
  csv: "csv",
  tsv: "csv",
  ndjson: "ndjson",
  jsonl: "ndjson",
  parquet: "parquet",
};

const NAME = /\.(csv|tsv|ndjson|jsonl|parquet)(?:\.(?:gz|gzip|zst|zstd))?$/i;

/** The extension that says what a file is: `csv` for `prices.csv.gz`; undefined for others. */
function knownExtension(path: string): string | undefined {
  return NAME.exec(path)?.[1]?.toLowerCase();
}

/**
 * Finds the format of a file by its name, else by its content.
 *
 * @param start the first bytes, decompressed
 */
export function findFormat(path: string, start: Uint8Array): InputFormat {
  const extension = knownExtension(path);
  return (extension === undefined ? undefined : BY_EXTENSION[extension]) ?? formatOf(start);
}

function formatOf(start: Uint8Array): InputFormat {
  const text = new TextDecoder().decode(start.subarray(0, 1024)).trimStart();
  if (text.startsWith("PAR1")) {
    return "parquet";
  }
  // An array of objects is no NDJSON, but the reader of NDJSON can say so.
  return /^(?:\{|\[\s*\{)/.test(text) ? "ndjson" : "csv";
}

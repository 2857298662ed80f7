import type { Workload } from "../workloads/workload.js";

export type FileFormat = "csv" | "ndjson" | "parquet";

/** A file to load, of any number of records. */
export interface FileLoad {
  /** Its name in `--only` and in the results. */
  readonly name: string;
  readonly description: string;
  readonly format: FileFormat;
  /** Its table, and the rows that the file must leave there. Its `rows` are the usual number of records. */
  readonly workload: Workload;
  /** After so many, the rows begin anew; undefined if they do not. */
  readonly cycle?: number;
  /** The n-th record as a line. A Parquet file is made from lines of CSV. */
  line(n: number): string;
  /** How many of the first records are rejected. @default none */
  readonly rejected?: (records: number) => number;
}

/** How many rows the first records leave in the table. */
export function storedRows({ rejected = () => 0 }: FileLoad, records: number): number {
  return records - rejected(records);
}

import type { Fields } from "./fields.js";

/** Where a record is: in bytes from the start of the file, decompressed; in a Parquet file, in rows. */
export interface RecordPlace {
  readonly offset: number;
  /** Where it ends, with its line terminator. */
  readonly end: number;
  /** The line that it begins in, counted from 1. */
  readonly line: number;
}

/** A record that is not well formed. */
export interface BadRecord extends RecordPlace {
  /** Such as `too few fields: 3 of 5`. */
  readonly reason: string;
}

/** Takes what a reader finds, in the order of the file. */
export interface RecordHandler {
  /** Called for each record, without an object for its place: it is called for millions. */
  record(fields: Fields, offset: number, end: number, line: number): void;
  /** Called for what is no record. Reading goes on after it. */
  bad(record: BadRecord): void;
}

/** Finds the records in the bytes of a file. */
export interface RecordReader {
  /** Reads the records that end in the next bytes of the file. The bytes must not change afterwards. */
  push(chunk: Uint8Array): void;
  /** Called at the end of the file: the last record may have no line terminator. */
  end(): void;
  /** Makes `push()` return after the current record; nothing more is read. */
  stop(): void;
}

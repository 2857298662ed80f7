import type { InputFormat } from "../input/find-format.js";
import type { RecordHandler } from "../read/record-reader.js";
import type { FileFingerprint } from "./source-name.js";

/** A record by where it begins and ends in its file. */
export interface RecordRange {
  readonly offset: number;
  readonly end: number;
}

/** Records that were sent together, in order. */
export interface SentRecords {
  /** Where the first one begins. */
  readonly offset: number;
  /** Where each begins and ends, counted from there. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** The line of the first one, as it was passed to the handler. */
  readonly line: number;
}

/** A record, with the line that it begins in. */
export interface RecordLine extends RecordRange {
  readonly line: number;
}

/** A file whose records are read one after the other. */
export interface RecordFile {
  /** As messages name it. */
  readonly name: string;
  readonly format: InputFormat;
  /** Its absolute path; undefined for stdin, which can be read once only. */
  readonly path: string | undefined;
  /** Undefined for stdin. */
  readonly fingerprint: FileFingerprint | undefined;
  /** The names of the fields of a record, in their order. `""` is a field that is skipped. */
  readonly fields: readonly string[];
  /** What is written before rejected records, so that they can be loaded as they are. */
  readonly header: Uint8Array;
  /** What `--verbose` says of it: its format, what was detected. */
  readonly description: string;
  /** What was decided about it that may be wrong. */
  readonly decision: string | undefined;
  /** Bytes on disk that were read in this run, and how many there are from there on, if that is known. */
  readonly bytesRead: number;
  readonly bytesTotal: number | undefined;
  /** What its places are counted in. */
  readonly unit: "byte" | "row";
  /** Where its records end, if that is known before they are read. */
  readonly end: number | undefined;
  /**
   * Hands records to a handler, some at a time; between them, the caller does what takes time.
   *
   * @param from where the first record begins: 0, or the end of another one
   */
  read(handler: RecordHandler, from: number): AsyncIterable<void>;
  /** Where the file ends, once it is read to its end. */
  readonly readEnd: number | undefined;
  /** Makes `read()` end after the current record. */
  stop(): void;
  /** The line of a record, as it was passed to the handler, counted from the start of the file. */
  lineOf(line: number): Promise<number>;
  /** Keeps records until they are settled. */
  sent(records: SentRecords): void;
  /** Called from time to time with where the settled records end, and the last one that was read. */
  settled(position: number, read: number): void;
  /** The record that has this position, which is not settled. */
  recordAt(position: number): RecordLine;
  /** A record that is not settled, as it is in the file. */
  rawOf(record: RecordRange): Promise<Uint8Array>;
  close(): Promise<void>;
}

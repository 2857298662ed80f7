import type { Entry } from "./source-books.js";
import type { WriterOptions } from "./writer.js";

/** What a process that reads a source is told. */
export interface ProgramConfig extends WriterOptions {
  readonly source: string;
  /** The file that it writes entries to. */
  readonly log: string;
  /** Its number. */
  readonly run: number;
  readonly seed: number;
}

/** A line of the log. */
export interface ProgramEntry {
  /** The number of the process. */
  readonly run: number;
  readonly entry:
    | Entry
    | { readonly what: "started" }
    /** All that it has read is committed, and its copier is closed. */
    | { readonly what: "ended"; readonly position: number };
}

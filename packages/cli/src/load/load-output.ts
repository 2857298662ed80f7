import type { Reject } from "./rejects.js";

/** How far a load is. */
export interface LoadProgress {
  readonly file: string;
  /** Which of the files it is, from 1, and how many there are. */
  readonly fileNumber: number;
  readonly files: number;
  /** Bytes on disk that were read of all files, and how many there are, if that is known. */
  readonly bytesRead: number;
  readonly bytesTotal: number | undefined;
  /** Rows that are committed. */
  readonly rows: number;
  readonly rejects: number;
}

/** What a load has done. */
export interface LoadSummary {
  readonly table: string;
  readonly isDryRun: boolean;
  readonly files: number;
  /** Rows that are in the table; of a dry run: that would be. */
  readonly rows: number;
  readonly rowsUpdated: number;
  readonly rowsIgnored: number;
  readonly rejects: number;
  /** The first rejects, if they are kept in no file. */
  readonly shownRejects: readonly Reject[];
  readonly rejectsFile: string | undefined;
  /** Whether that file has rejects of a load that this one goes on with. */
  readonly hasEarlierRejects: boolean;
  readonly bytes: number;
  readonly seconds: number;
  /** Why it ended before the end of the files. */
  readonly stopReason: string | undefined;
  /** Whether `--resume` goes on from there. */
  readonly canResume: boolean;
}

/** What a load tells its user. */
export interface LoadOutput {
  /** What was decided, unless `--quiet`. */
  note(text: string): void;
  /** The same with `--verbose` only. */
  detail(text: string): void;
  warn(text: string): void;
  progress(progress: LoadProgress): void;
  summary(summary: LoadSummary): void;
  /** Whether the user agrees; undefined if nobody can be asked. */
  ask(question: string): Promise<boolean | undefined>;
}

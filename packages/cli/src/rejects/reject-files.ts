import { existsSync, rmSync, statSync } from "node:fs";
import { resolve } from "node:path";

import type { Reject, RejectFiles } from "../load/rejects.js";
import { UsageError } from "../options/usage-error.js";
import { appendRecord, cutRejects, type RejectPaths } from "./cut-rejects.js";
import { GrowingFile } from "./growing-file.js";
import type { Reason } from "./reason.js";

/** The path of the reasons beside a file of rejects. */
export function reasonsPath(rejects: string): string {
  return `${rejects}.reasons.ndjson`;
}

/**
 * Opens the file of rejects, and that of their reasons. They are removed by `close()` if nothing was rejected.
 *
 * @param isResumed whether an earlier load goes on, whose rejects are kept
 * @throws UsageError if there are rejects of another load, or files that are something else
 */
export function openRejectFiles(path: string, isResumed: boolean): RejectFiles {
  const paths = { raw: path, reasons: reasonsPath(path) };
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new UsageError(`Cannot write to --rejects ${path}: it is a directory`);
  }
  const isRaw = sizeOf(paths.raw) > 0;
  if (!isResumed && (isRaw || sizeOf(paths.reasons) > 0)) {
    throw new UsageError(
      `${isRaw ? paths.raw : paths.reasons} has rejects of an earlier load. Use --resume to go on with that load, ` +
        "move the file away, or use another name for --rejects",
    );
  }
  if (isRaw && !existsSync(paths.reasons)) {
    throw new UsageError(
      `${paths.raw} is not a file of rejects: there is no ${paths.reasons}. Use another name for --rejects`,
    );
  }
  try {
    cutRejects(paths, () => true);
    return new KeptRejects(paths);
  } catch (error) {
    if (error instanceof UsageError) {
      throw error;
    }
    const reason = (error as Error).message;
    throw new UsageError(`Cannot write to --rejects ${path}: ${reason}`, { cause: error });
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Keeps rejected records in a file, as they were, and their reasons in another one. */
class KeptRejects implements RejectFiles {
  readonly #paths: RejectPaths;
  #raw: GrowingFile;
  #reasons: GrowingFile;
  #isClosed = false;
  /** Whether no other load has these files open: one that goes on too late, and is told so. */
  #areOwn = false;
  #lastFile: string | undefined;
  #lastName = "";

  constructor(paths: RejectPaths) {
    this.#paths = paths;
    this.#raw = new GrowingFile(paths.raw);
    this.#reasons = new GrowingFile(paths.reasons);
  }

  get hasRecords(): boolean {
    return this.#reasons.size > 0;
  }

  append(raw: Uint8Array, reject: Reject, header: Uint8Array): void {
    const { line, offset, column = null, sqlState = null, message } = reject;
    const file = this.#nameOf(reject.file);
    appendRecord({ raw: this.#raw, reasons: this.#reasons }, raw, {
      reason: { file, line, offset, column, sqlstate: sqlState, message },
      header: this.#raw.size === 0 ? header : undefined,
    });
    if (this.#raw.isFull || this.#reasons.isFull) {
      this.flush();
    }
  }

  /** Records are written before their reasons: what has a reason is complete. */
  flush(): void {
    this.#raw.flush();
    this.#reasons.flush();
  }

  cutTo(file: string, offset: number): void {
    this.flush();
    this.#closeFiles();
    const name = nameOf(file);
    const isKept = (reason: Reason): boolean => reason.file !== name || reason.offset < offset;
    cutRejects(this.#paths, isKept, !this.#areOwn);
    this.#areOwn = true;
    this.#raw = new GrowingFile(this.#paths.raw);
    this.#reasons = new GrowingFile(this.#paths.reasons);
  }

  close(): void {
    if (this.#isClosed) {
      return;
    }
    this.#isClosed = true;
    this.flush();
    const isEmpty = this.#raw.size === 0 && this.#reasons.size === 0;
    const isInPlace = this.#raw.isInPlace && this.#reasons.isInPlace;
    this.#closeFiles();
    if (isEmpty && isInPlace) {
      rmSync(this.#paths.raw);
      rmSync(this.#paths.reasons);
    }
  }

  /** Most rejects are of the same file as the last one. */
  #nameOf(file: string): string {
    if (this.#lastFile !== file) {
      this.#lastFile = file;
      this.#lastName = nameOf(file);
    }
    return this.#lastName;
  }

  #closeFiles(): void {
    this.#raw.close();
    this.#reasons.close();
  }
}

/** A file is the same one wherever the command is called. */
function nameOf(file: string): string {
  return file === "stdin" ? file : resolve(file);
}

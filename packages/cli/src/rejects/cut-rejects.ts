import { existsSync, renameSync, rmSync } from "node:fs";

import { UsageError } from "../options/usage-error.js";
import { GrowingFile, PieceReader } from "./growing-file.js";
import { readReasons, reasonLine, type Reason } from "./reason.js";

/** Where rejected records and their reasons are. */
export interface RejectPaths {
  readonly raw: string;
  readonly reasons: string;
}

/**
 * Removes rejected records, and what a process that was killed has left of others.
 *
 * A kill leaves records without reasons, because reasons are written last, and one line that is not complete.
 * If records in the middle are removed, both files are written anew beside the old ones. They take their
 * places in this order, so that `finishCut()` can tell how far it came: the reasons are complete before
 * the records get their name `….cut`; from then on, the new ones count.
 *
 * @param isAnew whether files are written anew in any case, because another load may still have them open
 * @throws UsageError if the files do not belong together
 */
export function cutRejects(
  paths: RejectPaths,
  isKept: (reason: Reason) => boolean,
  isAnew = false,
): void {
  finishCut(paths);
  const raw = new GrowingFile(paths.raw);
  const reasons = new GrowingFile(paths.reasons);
  try {
    const found = survey(raw, reasons, isKept);
    raw.truncate(found.rawEnd);
    reasons.truncate(found.reasonsEnd);
    if (found.isAllKept && !isAnew) {
      return;
    }
    writeKept(paths, raw, reasons, isKept);
  } finally {
    raw.close();
    reasons.close();
  }
  renameSync(partial(paths), cut(paths.raw));
  finishCut(paths);
}

/** Ends a cut that a kill has interrupted, or undoes it. */
function finishCut(paths: RejectPaths): void {
  rmSync(partial(paths), { force: true });
  if (existsSync(cut(paths.raw))) {
    if (existsSync(cut(paths.reasons))) {
      renameSync(cut(paths.reasons), paths.reasons);
    }
    renameSync(cut(paths.raw), paths.raw);
  }
  rmSync(cut(paths.reasons), { force: true });
}

function cut(path: string): string {
  return `${path}.cut`;
}

function partial({ raw }: RejectPaths): string {
  return `${cut(raw)}.partial`;
}

interface Found {
  readonly isAllKept: boolean;
  /** Where what belongs together ends. */
  readonly rawEnd: number;
  readonly reasonsEnd: number;
}

function survey(
  raw: GrowingFile,
  reasons: GrowingFile,
  isKept: (reason: Reason) => boolean,
): Found {
  let isAllKept = true;
  let rawEnd = 0;
  let reasonsEnd = 0;
  for (const { reason, end } of reasonsIn(reasons)) {
    const recordEnd = reason.at + reason.bytes;
    if (reason.at < rawEnd || recordEnd > raw.size) {
      throw new UsageError(
        `${raw.path} is not what ${reasons.path} says. Move both files away, or use another name for --rejects`,
      );
    }
    isAllKept &&= isKept(reason);
    rawEnd = recordEnd;
    reasonsEnd = end;
  }
  return { isAllKept, rawEnd, reasonsEnd };
}

function writeKept(
  paths: RejectPaths,
  raw: GrowingFile,
  reasons: GrowingFile,
  isKept: (reason: Reason) => boolean,
): void {
  const newRaw = new GrowingFile(partial(paths));
  const newReasons = new GrowingFile(cut(paths.reasons));
  try {
    const pieces = new PieceReader(raw);
    let headerEnd: number | undefined;
    for (const { reason } of reasonsIn(reasons)) {
      headerEnd ??= reason.at;
      if (isKept(reason)) {
        const header = newRaw.size === 0 ? raw.read(0, headerEnd) : undefined;
        appendRecord({ raw: newRaw, reasons: newReasons }, pieces.read(reason.at, reason.bytes), {
          reason,
          header,
        });
        if (newRaw.isFull) {
          newRaw.flush();
          newReasons.flush();
        }
      }
    }
    newRaw.flush();
    newReasons.flush();
  } finally {
    newRaw.close();
    newReasons.close();
  }
}

/** Appends a record and its reason. The next record begins on a line of its own. */
export function appendRecord(
  { raw, reasons }: { readonly raw: GrowingFile; readonly reasons: GrowingFile },
  record: Uint8Array,
  {
    reason,
    header,
  }: { readonly reason: Omit<Reason, "at" | "bytes">; readonly header?: Uint8Array | undefined },
): void {
  if (header !== undefined) {
    raw.append(header);
  }
  if (!raw.isAtLineStart) {
    raw.append(LINE_END);
  }
  reasons.appendText(reasonLine(reason, raw.size, record.length));
  raw.append(record);
}

const LINE_END = Buffer.from("\n");

function* reasonsIn(reasons: GrowingFile): ReturnType<typeof readReasons> {
  try {
    yield* readReasons(reasons);
  } catch (error) {
    if (error instanceof RangeError) {
      throw new UsageError(
        `Line ${error.message} of ${reasons.path} is not a reason that batch-copy wrote. ` +
          "Move the file away, or use another name for --rejects",
      );
    }
    throw error;
  }
}

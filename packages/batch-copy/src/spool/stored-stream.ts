import { basename, join } from "node:path";

import { SpoolCorruptError } from "../errors.js";
import type { Disk, DiskFile } from "./disk.js";
import { diskFull } from "./file-errors.js";
import { FileWindow } from "./file-window.js";
import { FRAME_HEADER_BYTES, frameKey } from "./frame.js";
import { removeIfThere } from "./remove-if-there.js";
import { type FrameVisitor, type ScannedSegment, scanSegment } from "./scan-segment.js";
import { isRewritingName } from "./segment-header.js";
import { type RowsInSegment, Segment, type SegmentInfo } from "./segment.js";
import { type SegmentFiles, Segments } from "./segments.js";
import type { StoredForm } from "./stored-form.js";
import { checkChain, type StoredSegment, storedSegments } from "./stored-segment.js";
import { Tidier, type TidierSettings } from "./tidier.js";
import { wasSynced } from "./was-synced.js";

/** What a stream has of a table. */
export interface TableExtent {
  /** In the order in which its rows have them. */
  readonly forms: readonly StoredForm[];
  readonly firstRow: number;
  /** The number after that of the last row. */
  readonly endRow: number;
  /** How many there are: numbers of refused rows may be missing. */
  readonly rows: number;
}

/** What the newest segment has. */
interface NewestSegment extends ScannedSegment {
  readonly rows: readonly RowsInSegment[];
}

/** The stream of a former life, or that of another process which is looked at. */
export class StoredStream {
  /** Its uuid; "" if there is no segment, and its directory has another name. */
  readonly id: string;
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #segments: Segments;
  readonly #isAdopted: boolean;

  private constructor(disk: Disk, directory: string, id: string, isAdopted: boolean) {
    this.id = id;
    this.#isAdopted = isAdopted;
    this.#disk = disk;
    this.#directory = directory;
    this.#segments = new Segments(disk);
  }

  /**
   * Reads the headers and the newest segment. What is read counts as durable. So if the stream is adopted, the
   * last frames of that segment are written again, and what is behind them is cut, durably.
   *
   * @param isAdopted whether this process owns the stream; otherwise nothing is changed
   * @throws SpoolCorruptError for what the headers and the newest segment show
   */
  static async open(disk: Disk, directory: string, isAdopted: boolean): Promise<StoredStream> {
    if (isAdopted) {
      // A segment that its owner has removed, to begin it again, would be back after a power cut, and end the
      // one before it where rows were delivered.
      await disk.syncDirectory(directory);
    }
    const { segments: found, leftover } = await storedSegments(disk, directory, !isAdopted);
    if (isAdopted) {
      await removeUnused(disk, directory, leftover);
    }
    checkChain(found);
    const id = found[0]?.header?.stream ?? streamOf(directory);
    const stream = new StoredStream(disk, directory, id, isAdopted);
    const begun = found.at(-1)?.header === undefined ? found.slice(0, -1) : found;
    if (begun.length < found.length) {
      await stream.#dropUnbegun(found.at(-1)!);
    }
    begun.forEach((segment, i) => stream.#add(segment, begun[i + 1]));
    // One that was rewritten is not the newest, unless those behind it are lost: its header says where it ends.
    if (begun.length > 0 && begun.at(-1)!.header?.rewritten === undefined) {
      await stream.#readNewest(begun.at(-1)!);
    }
    return stream;
  }

  /** Those that its segments begin with, and those in the newest one; all of them after `scan()`. */
  get forms(): readonly StoredForm[] {
    return [...this.#segments.forms.values()];
  }

  /** For readers and for what is left of the stream. */
  get files(): SegmentFiles {
    return this.#segments;
  }

  /** The oldest first. */
  get segments(): readonly SegmentInfo[] {
    return this.#segments.list;
  }

  /** On disk now. */
  get bytes(): number {
    return this.#segments.bytes;
  }

  /** What makes room by what is committed; it knows the rows of all segments after `scan()`. */
  tidier(settings: TidierSettings): Tidier {
    return new Tidier(this.#disk, this.#directory, this.#segments, settings);
  }

  /**
   * Reads and checks all frames.
   *
   * @returns what the stream has, by the numbers of its tables
   * @throws SpoolCorruptError
   */
  async scan(): Promise<ReadonlyMap<number, TableExtent>> {
    const extents = new Map<number, TableExtent>();
    for (const segment of this.#segments.list) {
      const found: RowsInSegment[] = [];
      passBy(segment, extents);
      const end = await this.#withWindow(segment.path, async (window) => {
        const visitor = this.#visitor(segment, extents, found);
        const scanned = await scanSegment(window, segment, segment.end, visitor);
        if (scanned.end < segment.end && (await this.#isDamaged(window, segment, scanned.end))) {
          throw new SpoolCorruptError(segment.path, scanned.end, "there is no valid frame");
        }
        return scanned.end;
      });
      segment.forgetRows();
      segment.extend(end, found);
    }
    return extents;
  }

  /** What a living process is about to sync may be seen once, and then not any more. */
  async #isDamaged(window: FileWindow, segment: Segment, bad: number): Promise<boolean> {
    const mayBeUnsynced = !this.#isAdopted && segment === this.#segments.last;
    return !mayBeUnsynced || wasSynced(window, segment.key, bad, segment.end);
  }

  #add({ header, start, size }: StoredSegment, next: StoredSegment | undefined): void {
    const end = header!.rewritten?.end ?? next?.header?.previous?.end ?? start;
    const segment = new Segment(this.#directory, header!, start, end);
    segment.bytes = size;
    this.#segments.add(segment);
    for (const [number, form] of header!.forms) {
      this.#segments.addForm(number, form);
    }
  }

  /** A file whose header is not valid is one that was never begun, unless it has frames. */
  async #dropUnbegun({ path, number, size }: StoredSegment): Promise<void> {
    const mayHaveFrames =
      this.id === "" ||
      (await this.#withWindow(path, (window) =>
        wasSynced(window, frameKey(this.id, number), 0, size),
      ));
    if (mayHaveFrames) {
      throw new SpoolCorruptError(path, 0, "its header is not valid");
    }
    if (this.#isAdopted) {
      await removeIfThere(this.#disk, path);
      await this.#disk.syncDirectory(this.#directory);
    }
  }

  async #readNewest({ path, size }: StoredSegment): Promise<void> {
    const segment = this.#segments.last!;
    const file = await this.#disk.open(path);
    try {
      let newest = await this.#scanNewest(file, size);
      if (this.#isAdopted) {
        await writeAgain(file, path, newest.synced, newest.end);
        newest = await this.#scanNewest(file, newest.end);
      }
      segment.extend(newest.end, newest.rows);
      if (this.#isAdopted && newest.end < size) {
        await file.truncateDurably(newest.end);
        segment.bytes = newest.end;
      }
    } finally {
      await file.close();
    }
  }

  /** @param size of the file, as far as it is looked at */
  async #scanNewest(file: DiskFile, size: number): Promise<NewestSegment> {
    const segment = this.#segments.last!;
    const window = new FileWindow(file);
    const rows: RowsInSegment[] = [];
    const visitor = this.#visitor(segment, new Map(), rows);
    const { end, synced } = await scanSegment(window, segment, size, visitor);
    if (end < size && (await wasSynced(window, segment.key, end, size))) {
      throw new SpoolCorruptError(segment.path, end, "there is no valid frame");
    }
    return { end, synced, rows };
  }

  /** Notes the forms, the extents of tables, and the rows of the segment. */
  #visitor(
    segment: Segment,
    extents: Map<number, TableExtent>,
    found: RowsInSegment[],
  ): FrameVisitor {
    return {
      onForm: (number, form) => this.#segments.addForm(number, form),
      onRows: ({ form: formNumber, firstRow, rows, bytes: payload }, position) => {
        const form = this.#segments.form(formNumber);
        if (form === undefined) {
          throw new SpoolCorruptError(segment.path, position, `form ${formNumber} is missing`);
        }
        const before = extents.get(form.table);
        if (before !== undefined && firstRow < before.endRow) {
          throw new SpoolCorruptError(segment.path, position, `row ${firstRow} comes again`);
        }
        extents.set(form.table, extended(before, form, firstRow, rows));
        const bytes = FRAME_HEADER_BYTES + payload;
        found.push({ table: form.table, firstRow, endRow: firstRow + rows, bytes });
      },
    };
  }

  async #withWindow<Result>(
    path: string,
    read: (window: FileWindow) => Promise<Result>,
  ): Promise<Result> {
    const window = new FileWindow(await this.#disk.open(path));
    try {
      return await read(window);
    } finally {
      await window.close();
    }
  }
}

/** Removes what was left when the stream's owner rewrote segments. */
async function removeUnused(
  disk: Disk,
  directory: string,
  leftover: readonly string[],
): Promise<void> {
  const names = await disk.list(directory);
  const begun = names.filter(isRewritingName).map((name) => join(directory, name));
  for (const path of [...leftover, ...begun]) {
    await removeIfThere(disk, path);
  }
  if (leftover.length > 0) {
    // Otherwise the power may fail when the one that stands for them is removed for good, and these are not.
    await disk.syncDirectory(directory);
  }
}

/** What is there of rows below these numbers is not needed, and those that followed them are gone. */
function passBy({ header }: Segment, extents: Map<number, TableExtent>): void {
  for (const [table, row] of header.rewritten?.settled ?? []) {
    const extent = extents.get(table);
    if (extent !== undefined && extent.endRow < row) {
      extents.set(table, { ...extent, firstRow: row, endRow: row, rows: 0 });
    }
  }
}

function extended(
  extent: TableExtent | undefined,
  form: StoredForm,
  firstRow: number,
  rows: number,
): TableExtent {
  const forms = extent?.forms ?? [];
  return {
    forms: forms.includes(form) ? forms : [...forms, form],
    firstRow: extent?.firstRow ?? firstRow,
    endRow: firstRow + rows,
    rows: (extent?.rows ?? 0) + rows,
  };
}

/**
 * Makes durable what nothing proves to be. Its owner may have been killed before the sync. A sync alone is not
 * enough: after one that has failed, Linux takes the pages for clean, and the next one succeeds
 * (https://wiki.postgresql.org/wiki/Fsync_Errors).
 */
async function writeAgain(file: DiskFile, path: string, from: number, end: number): Promise<void> {
  if (from < end) {
    const bytes = await new FileWindow(file).read(from, end - from, end);
    if ((await file.writeDurably([bytes], from)) < bytes.length) {
      throw diskFull(path);
    }
  }
}

/** The uuid of the stream that a directory is named for, with that of its owner or without; "" if it is not. */
function streamOf(directory: string): string {
  return /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/.exec(basename(directory))?.[0] ?? "";
}

import { SpoolCorruptError } from "../errors.js";
import type { Disk, DiskFile } from "./disk.js";
import { diskFull } from "./file-errors.js";
import { FileWindow } from "./file-window.js";
import { encodeFrameHeader, FRAME_HEADER_BYTES, type FrameHeader } from "./frame.js";
import { readFrame } from "./read-frame.js";
import { removeIfThere } from "./remove-if-there.js";
import {
  encodeSegmentHeader,
  rewritingPath,
  type RewrittenSegments,
  type SegmentHeader,
} from "./segment-header.js";
import { type Committed, joined, type RowsInSegment, Segment } from "./segment.js";
import type { Segments } from "./segments.js";

/** Frames are written when there are so many bytes of them. */
const PIECE_BYTES = 2 ** 20;

/** Segments that follow each other, with one behind them. */
export interface Run {
  readonly segments: readonly Segment[];
  readonly next: Segment;
}

/**
 * Copies what is still needed of some segments to one file, which is synced. It is to be renamed to the first
 * one's path.
 *
 * @param settled rows that are not needed any more
 * @throws SpoolCorruptError and the file system's error. There may be a file then, which counts for nothing.
 */
export async function copySegments(
  disk: Disk,
  directory: string,
  all: Segments,
  run: Run,
  settled: Committed,
): Promise<Segment> {
  const first = run.segments[0]!;
  const path = rewritingPath(directory, first.number);
  await removeIfThere(disk, path);
  const file = await disk.create(path);
  try {
    const gone = new GoneRows(run, all);
    const copy = new SegmentCopy(
      file,
      path,
      first,
      headerOf(run, Number.MAX_SAFE_INTEGER, gone.most),
    );
    for (const segment of run.segments) {
      await copyNeeded(segment, all, copy, settled, gone);
    }
    const end = await copy.end();
    const header = headerOf(run, end, gone.rows);
    await copy.write([encodeSegmentHeader(header, copy.start)], 0);
    const segment = new Segment(directory, header, copy.start, end);
    segment.extend(end, copy.rows);
    return segment;
  } finally {
    await file.close();
  }
}

/** The next one's header has all forms, and says where the last one ended. */
function headerOf(
  { segments, next }: Run,
  end: number,
  settled: RewrittenSegments["settled"],
): SegmentHeader {
  const { number: last, end: formerEnd } = next.header.previous!;
  return {
    ...segments[0]!.header,
    forms: next.header.forms,
    rewritten: { last, formerEnd, end, settled },
  };
}

/**
 * Which rows are gone of tables that have rows in older segments: otherwise it would seem that these are the
 * last ones of their table.
 */
class GoneRows {
  /** What it can be at most. */
  readonly most: RewrittenSegments["settled"];
  readonly #rows = new Map<number, number>();

  constructor({ segments }: Run, all: Segments) {
    const place = all.list.indexOf(segments[0]!);
    const older = all.list.slice(0, place);
    const most = new Map<number, number>();
    for (const { header, rows } of segments) {
      for (const [table, row] of header.rewritten?.settled ?? []) {
        this.note(table, row);
        raise(most, table, row);
      }
      rows.forEach(({ table, endRow }) => raise(most, table, endRow));
    }
    this.most = [...most].filter(([table]) => older.some((one) => one.mayHave(table)));
  }

  /** Notes that those below this number are gone. */
  note(table: number, row: number): void {
    raise(this.#rows, table, row);
  }

  get rows(): RewrittenSegments["settled"] {
    return this.most.flatMap(([table]) => {
      const row = this.#rows.get(table);
      return row === undefined ? [] : [[table, row] as const];
    });
  }
}

function raise(rows: Map<number, number>, table: number, row: number): void {
  rows.set(table, Math.max(row, rows.get(table) ?? 0));
}

/** A file that gets the frames of a rewritten segment. */
class SegmentCopy {
  /** Where its first frame begins. */
  readonly start: number;
  readonly #file: DiskFile;
  readonly #path: string;
  readonly #key: Segment["key"];
  readonly #rows = new Map<number, RowsInSegment>();
  #parts: Buffer[] = [];
  #written: number;
  #end: number;

  /** @param header one that is as long as the one that it will have */
  constructor(file: DiskFile, path: string, { key }: Segment, header: SegmentHeader) {
    this.#file = file;
    this.#path = path;
    this.#key = key;
    this.start = encodeSegmentHeader(header).length;
    this.#written = this.start;
    this.#end = this.start;
  }

  get rows(): Iterable<RowsInSegment> {
    return this.#rows.values();
  }

  /** @param firstRow the first row of the frame that is needed */
  async add(table: number, firstRow: number, frame: FrameHeader, payload: Buffer): Promise<void> {
    const endRow = frame.firstRow + frame.rows;
    const synced = this.#end;
    this.#parts.push(
      encodeFrameHeader(this.#key, this.#end, { ...frame, synced }, [payload]),
      payload,
    );
    const bytes = FRAME_HEADER_BYTES + payload.length;
    this.#end += bytes;
    // All its bytes are needed for those rows: it would not become smaller by another copy.
    const some = { table, firstRow, endRow, bytes };
    this.#rows.set(table, joined(this.#rows.get(table), some));
    if (this.#end - this.#written >= PIECE_BYTES) {
      await this.end();
    }
  }

  /** Writes what is left; returns where the last frame ends. */
  async end(): Promise<number> {
    const parts = this.#parts;
    this.#parts = [];
    if (parts.length > 0) {
      await this.write(parts, this.#written);
      this.#written = this.#end;
    }
    return this.#end;
  }

  async write(parts: readonly Buffer[], position: number): Promise<void> {
    const bytes = parts.reduce((sum, { length }) => sum + length, 0);
    if ((await this.#file.writeDurably(parts, position)) < bytes) {
      throw diskFull(this.#path);
    }
  }
}

async function copyNeeded(
  segment: Segment,
  all: Segments,
  copy: SegmentCopy,
  settled: Committed,
  gone: GoneRows,
): Promise<void> {
  if (segment.bytesNeeded(settled) === 0) {
    segment.rows.forEach(({ table, endRow }) => gone.note(table, endRow));
    return;
  }
  const { key, start, end, path } = segment;
  const window = new FileWindow(await all.open(segment));
  try {
    for (let position = start; position < end;) {
      const read = await readFrame(window, key, position, end);
      if (read?.payload === undefined) {
        throw new SpoolCorruptError(path, position, "there is no valid frame");
      }
      const { frame, payload } = read;
      if (frame.kind === "rows") {
        const { table } = all.form(frame.form)!;
        const endRow = frame.firstRow + frame.rows;
        if (settled(table) >= endRow) {
          gone.note(table, endRow);
        } else {
          await copy.add(table, Math.max(frame.firstRow, settled(table)), frame, payload);
        }
      }
      position += FRAME_HEADER_BYTES + frame.bytes;
    }
  } finally {
    await window.close();
  }
}

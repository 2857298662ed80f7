import { type FrameKey, frameKey } from "./frame.js";
import { type SegmentHeader, segmentPath } from "./segment-header.js";

/** What users of a stream see of a segment. */
export interface SegmentInfo {
  readonly number: number;
  readonly path: string;
  /** The size of its file. */
  readonly bytes: number;
  readonly createdAt: Date;
}

/** Rows of one table in a segment: those of one frame, or of all. */
export interface RowsInSegment {
  readonly table: number;
  readonly firstRow: number;
  /** The number after that of the last row. */
  readonly endRow: number;
  /** Of their frames. */
  readonly bytes: number;
}

/** The number of rows of a table that are committed: its rows below this number are. */
export type Committed = (table: number) => number;

/** One segment of a stream, as far as it is durable. */
export class Segment implements SegmentInfo {
  readonly header: SegmentHeader;
  readonly number: number;
  readonly path: string;
  readonly createdAt: Date;
  readonly key: FrameKey;
  /** Where its first frame begins. */
  readonly start: number;
  bytes: number;
  /** When the rows in it were seen to be committed, by the clock of its stream. */
  passedAt: number | undefined;
  /** Resolves when another one has its path, or will not have it; undefined if none is about to. */
  replacing: Promise<void> | undefined;
  #end: number;
  #leftover: readonly Segment[] = [];
  /** Its rows, by table; undefined as long as its frames have not been read. */
  #tables: Map<number, RowsInSegment> | undefined;

  /** @param end where its last frame ends */
  constructor(directory: string, header: SegmentHeader, start: number, end: number) {
    this.header = header;
    this.number = header.number;
    this.path = segmentPath(directory, header.number);
    this.createdAt = new Date(header.createdAt);
    this.key = frameKey(header.stream, header.number);
    this.start = start;
    this.bytes = end;
    this.#end = end;
    this.#tables = start === end ? new Map() : undefined;
  }

  /** The number of the last segment that it stands for: its own, unless it was rewritten. */
  get last(): number {
    return this.header.rewritten?.last ?? this.number;
  }

  /** Where its last frame ends: everything before is durable. */
  get end(): number {
    return this.#end;
  }

  /** Other segments that it stands for since it was rewritten, and whose files may still be there. */
  get leftover(): readonly Segment[] {
    return this.#leftover;
  }

  /** Notes that the files of these may be there. */
  leaveOver(segments: readonly Segment[]): void {
    this.#leftover = segments;
    this.bytes = segments.reduce((sum, { bytes }) => sum + bytes, this.#end);
  }

  get isEmpty(): boolean {
    return this.#end === this.start;
  }

  /** Notes that it has these rows as well, and ends here now. */
  extend(end: number, rows: Iterable<RowsInSegment>): void {
    this.#end = end;
    this.bytes = Math.max(this.bytes, end);
    this.#tables ??= new Map();
    for (const some of rows) {
      this.#tables.set(some.table, joined(this.#tables.get(some.table), some));
    }
  }

  /** For those that read its frames again. */
  forgetRows(): void {
    this.#tables = undefined;
  }

  /** Its rows, by table, as far as they are known. */
  get rows(): readonly RowsInSegment[] {
    return [...(this.#tables?.values() ?? [])];
  }

  /** Whether it may have this row of the table, or later ones; without a row: any. */
  mayHave(table: number, row = 0): boolean {
    return this.#tables === undefined || (this.#tables.get(table)?.endRow ?? 0) > row;
  }

  /** Whether all its rows are below these numbers. */
  isPassed(committed: Committed): boolean {
    return (
      this.#tables !== undefined &&
      [...this.#tables.values()].every(({ table, endRow }) => committed(table) >= endRow)
    );
  }

  /** Bytes of the rows that are not below these numbers, about; of all as long as they were not read. */
  bytesNeeded(committed: Committed): number {
    let bytes = this.#tables === undefined ? this.#end - this.start : 0;
    for (const rows of this.#tables?.values() ?? []) {
      bytes += bytesFrom(rows, committed(rows.table));
    }
    return bytes;
  }

  /** Bytes of the rows of a table from this one on, about. */
  bytesOf(table: number, row: number): number {
    const rows = this.#tables?.get(table);
    return rows === undefined ? 0 : bytesFrom(rows, row);
  }

  /** Its first row of the table; undefined if it has none. */
  firstRow(table: number): number | undefined {
    return this.#tables?.get(table)?.firstRow;
  }

  /** Rows of the table below this number are not needed, and those that followed them are gone. */
  settledRow(table: number): number {
    return this.header.rewritten?.settled.find(([number]) => number === table)?.[1] ?? 0;
  }
}

/** As if all rows were of the same size. */
function bytesFrom({ firstRow, endRow, bytes }: RowsInSegment, row: number): number {
  const left = Math.max(0, endRow - Math.max(firstRow, row));
  return Math.ceil((bytes * left) / (endRow - firstRow));
}

/** Rows of a table, and some that follow them. */
export function joined(before: RowsInSegment | undefined, rows: RowsInSegment): RowsInSegment {
  const { endRow, bytes } = rows;
  return before === undefined ? rows : { ...before, endRow, bytes: before.bytes + bytes };
}

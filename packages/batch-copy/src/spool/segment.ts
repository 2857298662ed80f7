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
  #end: number;
  /** The row after its last one, by table; undefined as long as its frames have not been read. */
  #ends: Map<number, number> | undefined;

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
    this.#ends = start === end ? new Map() : undefined;
  }

  /** Where its last frame ends: everything before is durable. */
  get end(): number {
    return this.#end;
  }

  get isEmpty(): boolean {
    return this.#end === this.start;
  }

  /** Notes that it has these rows and ends here now. */
  extend(end: number, rowEnds: Iterable<readonly [table: number, end: number]>): void {
    this.#end = end;
    this.bytes = Math.max(this.bytes, end);
    this.#ends ??= new Map();
    for (const [table, rowEnd] of rowEnds) {
      this.#ends.set(table, rowEnd);
    }
  }

  /** Whether it may have this row of the table, or later ones; without a row: any. */
  mayHave(table: number, row = 0): boolean {
    return this.#ends === undefined || (this.#ends.get(table) ?? 0) > row;
  }

  /** Whether all its rows are below these numbers. */
  isPassed(committed: (table: number) => number): boolean {
    if (this.#ends === undefined) {
      return false;
    }
    for (const [table, end] of this.#ends) {
      if (committed(table) < end) {
        return false;
      }
    }
    return true;
  }
}

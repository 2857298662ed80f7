import type { BatchUnits, RowRange, SettledInvalid, Unit, UnitSource } from "./units.js";

const FIRST_ROWS = 1024;

/**
 * The units of a batch that begins with rows of one source, or of none, each of which has a position: each
 * of them is a unit. Rows after them belong to no source.
 */
export class PositionedUnits implements BatchUnits {
  readonly source: UnitSource | undefined;
  #positions = new Float64Array(FIRST_ROWS);
  #count = 0;
  #planned = 0n;

  constructor(source: UnitSource | undefined) {
    this.source = source;
  }

  /** Adds the next rows, which come after all that the batch has. */
  add(positions: Float64Array): void {
    const count = this.#count + positions.length;
    if (count > this.#positions.length) {
      const larger = new Float64Array(Math.max(count, 2 * this.#positions.length));
      larger.set(this.#positions.subarray(0, this.#count));
      this.#positions = larger;
    }
    this.#positions.set(positions, this.#count);
    this.#count = count;
    this.source?.accept(this.#nextAfter(count));
  }

  get sources(): UnitSource[] {
    return this.source === undefined ? [] : [this.source];
  }

  get rows(): number {
    return this.source === undefined ? 0 : this.#count;
  }

  /** How many rows have positions. */
  get count(): number {
    return this.#count;
  }

  get invalidRows(): number {
    return 0;
  }

  endedRows(from: number, to: number): number {
    const isEnded = this.source?.isEnded === true;
    return isEnded ? Math.max(0, Math.min(to, this.#count) - from) : 0;
  }

  lastOf(to: number): ReadonlyMap<UnitSource, bigint> {
    const rows = Math.min(to, this.#count);
    const { source } = this;
    return new Map(source === undefined || rows === 0 ? [] : [[source, this.#nextAfter(rows)]]);
  }

  plan(): void {
    this.#planned = this.source?.plan(this.#nextAfter(this.#count)) ?? 0n;
  }

  plannedOf(): bigint {
    return this.#planned;
  }

  invalidUpTo(): [] {
    return [];
  }

  takeSettledInvalid(): SettledInvalid[] {
    return [];
  }

  of(row: number): Pick<Unit, "source" | "next"> | undefined {
    const { source } = this;
    return source === undefined || row >= this.#count
      ? undefined
      : { source, next: this.#nextAfter(row + 1) };
  }

  positionOf(row: number): bigint | undefined {
    return row < this.#count ? BigInt(this.#positions[row]!) : undefined;
  }

  around(row: number): RowRange {
    return { from: row, to: row + 1 };
  }

  *pieces(from: number, to: number): Generator<RowRange & { source: UnitSource | undefined }> {
    const middle = Math.max(from, Math.min(to, this.#count));
    if (from < middle) {
      yield { from, to: middle, source: this.source };
    }
    if (middle < to) {
      yield { from: middle, to, source: undefined };
    }
  }

  live(from: number, to: number): RowRange[] {
    const first = Math.max(from, this.#firstLive());
    return first < to ? [{ from: first, to }] : [];
  }

  /** The first row that is not committed, or that has no source which has ended. */
  #firstLive(): number {
    const { source } = this;
    if (source === undefined) {
      return 0;
    }
    if (source.isEnded) {
      return this.#count;
    }
    const position = Number(source.position);
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#positions[middle]! < position) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The position after that of the last of so many rows. */
  #nextAfter(rows: number): bigint {
    return BigInt(this.#positions[rows - 1]!) + 1n;
  }
}

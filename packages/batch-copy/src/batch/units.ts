import type { EncodeError } from "../errors.js";
import type { LentMemory } from "./encoded-tuples.js";

/** A source of rows, as far as what gathers them knows it. */
export interface UnitSource {
  /** The first position that is not known to be committed. */
  readonly position: bigint;
  /** Whether its rows must not be written any more. */
  readonly isEnded: boolean;
  /** @throws the error with which it has ended */
  throwIfEnded(): void;
  /** Called when a unit was accepted. */
  accept(next: bigint): void;
  /** Called when a batch is taken to be written: returns up to where those before it go. */
  plan(next: bigint): bigint;
}

/** A row that cannot be encoded, and whose letter is stored when its position is passed. */
export interface InvalidRow {
  readonly row: object;
  readonly error: EncodeError;
  /** As SQL. */
  readonly letter: string;
}

/** What a unit has in place of its rows, if one of them is invalid. */
export class InvalidRows {
  readonly rows: readonly InvalidRow[];
  /** The bytes of their letters, which count as those of rows. */
  readonly bytes: number;

  constructor(rows: readonly InvalidRow[]) {
    this.rows = rows;
    this.bytes = rows.reduce((sum, { letter }) => sum + Buffer.byteLength(letter), 0);
  }
}

/** Rows that stand for one position of a source: all of them are written in one transaction, or none. */
export interface Unit {
  readonly source: UnitSource;
  /** The position after that of the unit. */
  readonly next: bigint;
  /** Where its tuples end in their bytes, if there is not exactly one. */
  readonly ends?: ArrayLike<number>;
  readonly invalid?: InvalidRows;
  readonly positions?: undefined;
  readonly memory?: undefined;
}

/** Encoded rows that have a position each. */
export interface PositionedRows {
  /** Undefined if the positions only say which rows were rejected. */
  readonly source: UnitSource | undefined;
  /** Where their tuples end in their bytes. */
  readonly ends: ArrayLike<number>;
  /** In ascending order. */
  readonly positions: Float64Array;
  /** Where the tuples and positions are until they are accepted; undefined if it is their own. */
  readonly memory: LentMemory | undefined;
  readonly invalid?: undefined;
}

/** Invalid rows of a batch, which are said aside. */
interface InvalidUnit {
  readonly source: UnitSource;
  readonly next: bigint;
  /** How many rows of the batch come before it. */
  readonly at: number;
  readonly rows: readonly InvalidRow[];
}

/** Invalid rows whose fate is known. */
export interface SettledInvalid extends Pick<InvalidUnit, "at" | "rows"> {
  /** The position that they were sent with, if senders know it. */
  readonly position?: bigint;
  /** Whether their letters are stored; otherwise they are left to whoever opens the source next. */
  readonly isKept: boolean;
}

/** A range of rows, which ends before `to`. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** The units in a batch, in order. Rows between them belong to no source. */
export interface BatchUnits {
  /** Those that have units here, each once. */
  readonly sources: Iterable<UnitSource>;
  /** How many invalid rows they have in all. */
  readonly invalidRows: number;
  /** How many rows they have in all. */
  readonly rows: number;
  /** How many of the rows from `from` to before `to` belong to sources that have ended. */
  endedRows(from: number, to: number): number;
  /** Each source that has units whose rows end before `to`, with the position after the last of them. */
  lastOf(to: number): ReadonlyMap<UnitSource, bigint>;
  /** Called when the batch is taken to be written, after those before it. */
  plan(): void;
  /** Where a source will be when the batches before this one are committed. */
  plannedOf(source: UnitSource): bigint;
  /** The invalid rows of the units that end before `to` and are not committed. */
  invalidUpTo(to: number): InvalidRow[];
  /** The invalid rows whose fate is known by now, once. */
  takeSettledInvalid(): SettledInvalid[];
  /** The unit that this row belongs to, if there is one. */
  of(row: number): Pick<Unit, "source" | "next"> | undefined;
  /** The position that this row was sent with, if senders know it. */
  positionOf(row: number): bigint | undefined;
  /** The rows that are written together with this one. */
  around(row: number): RowRange;
  /** The ranges of rows from `from` to before `to` that have one source, or none. */
  pieces(from: number, to: number): Iterable<RowRange & { source: UnitSource | undefined }>;
  /** The rows from `from` to before `to` that are still to be written. */
  live(from: number, to: number): Iterable<RowRange>;
}

/** Units of any sources. */
export class Units implements BatchUnits {
  // Arrays, because there may be as many units as rows.
  readonly #sources: UnitSource[] = [];
  readonly #nexts: bigint[] = [];
  readonly #froms: number[] = [];
  readonly #tos: number[] = [];
  readonly #distinct = new Set<UnitSource>();
  readonly #planned = new Map<UnitSource, bigint>();
  /** Those that are not settled yet. */
  #invalid: InvalidUnit[] = [];
  #invalidRows = 0;
  #rows = 0;

  get sources(): Iterable<UnitSource> {
    return this.#distinct;
  }

  get invalidRows(): number {
    return this.#invalidRows;
  }

  get rows(): number {
    return this.#rows;
  }

  endedRows(from: number, to: number): number {
    let ended = 0;
    if ([...this.#distinct].some(({ isEnded }) => isEnded)) {
      for (const piece of this.pieces(from, to)) {
        ended += piece.source?.isEnded === true ? piece.to - piece.from : 0;
      }
    }
    return ended;
  }

  add({ source, next, invalid }: Unit, { from, to }: RowRange): void {
    if (invalid !== undefined) {
      const { rows } = invalid;
      this.#invalid.push({ source, next, at: to, rows });
      this.#invalidRows += rows.length;
    }
    if (source !== this.#sources.at(-1)) {
      this.#distinct.add(source);
    }
    this.#sources.push(source);
    this.#nexts.push(next);
    this.#froms.push(from);
    this.#tos.push(to);
    this.#rows += to - from;
    source.accept(next);
  }

  lastOf(to: number): ReadonlyMap<UnitSource, bigint> {
    const last = new Map<UnitSource, bigint>();
    for (let index = 0; index < this.#sources.length && this.#tos[index]! <= to; index++) {
      const isLastInARow =
        this.#sources[index + 1] !== this.#sources[index] || this.#tos[index + 1]! > to;
      if (isLastInARow) {
        last.set(this.#sources[index]!, this.#nexts[index]!);
      }
    }
    return last;
  }

  plan(): void {
    for (const [source, next] of this.lastOf(Infinity)) {
      this.#planned.set(source, source.plan(next));
    }
  }

  plannedOf(source: UnitSource): bigint {
    return this.#planned.get(source)!;
  }

  invalidUpTo(to: number): InvalidRow[] {
    return this.#invalid
      .filter(({ source, next, at }) => at <= to && !source.isEnded && next > source.position)
      .flatMap(({ rows }) => rows);
  }

  takeSettledInvalid(): SettledInvalid[] {
    const isSettled = ({ source, next }: InvalidUnit): boolean =>
      source.isEnded || next <= source.position;
    const settled = this.#invalid.filter(isSettled);
    this.#invalid = this.#invalid.filter((unit) => !isSettled(unit));
    return settled.map(({ source, next, at, rows }) => {
      return { at, rows, position: next - 1n, isKept: next <= source.position };
    });
  }

  of(row: number): Pick<Unit, "source" | "next"> | undefined {
    const index = this.#after(row);
    const from = this.#froms[index];
    return from !== undefined && from <= row
      ? { source: this.#sources[index]!, next: this.#nexts[index]! }
      : undefined;
  }

  positionOf(row: number): bigint | undefined {
    const unit = this.of(row);
    return unit && unit.next - 1n;
  }

  around(row: number): RowRange {
    const index = this.#after(row);
    const [from, to] = [this.#froms[index], this.#tos[index]];
    return from !== undefined && from <= row ? { from, to: to! } : { from: row, to: row + 1 };
  }

  *pieces(from: number, to: number): Generator<RowRange & { source: UnitSource | undefined }> {
    let index = this.#after(from);
    let row = from;
    while (row < to) {
      const start = Math.min(to, this.#froms[index] ?? to);
      if (start > row) {
        yield { from: row, to: start, source: undefined };
        row = start;
        continue;
      }
      const source = this.#sources[index]!;
      let end = row;
      while (this.#sources[index] === source && this.#froms[index]! <= end && end < to) {
        end = Math.min(to, this.#tos[index++]!);
      }
      // Not if it has no rows.
      if (end > row) {
        yield { from: row, to: end, source };
        row = end;
      }
    }
  }

  *live(from: number, to: number): Generator<RowRange> {
    let open: { from: number; to: number } | undefined;
    for (let index = this.#after(from), row = from; row < to; index++) {
      const start = Math.min(to, this.#froms[index] ?? to);
      const end = Math.min(to, this.#tos[index] ?? to);
      const isLive = index < this.#sources.length && this.#isLive(index);
      const liveTo = isLive ? end : start;
      if (liveTo > row) {
        open ??= { from: row, to: row };
        open.to = liveTo;
      }
      if (!isLive && end > start && open !== undefined) {
        yield open;
        open = undefined;
      }
      row = Math.max(row, end);
    }
    if (open !== undefined) {
      yield open;
    }
  }

  #isLive(index: number): boolean {
    const source = this.#sources[index]!;
    return !source.isEnded && this.#nexts[index]! > source.position;
  }

  /** The first unit that ends after this row. */
  #after(row: number): number {
    let low = 0;
    let high = this.#tos.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#tos[middle]! <= row) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

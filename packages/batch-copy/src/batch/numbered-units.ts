import type {
  BatchUnits,
  InvalidRow,
  RowRange,
  SettledInvalid,
  Unit,
  UnitSource,
} from "./units.js";

/** A row that has a number, and cannot be encoded. */
export interface UnfitRow {
  readonly number: number;
  readonly row: InvalidRow;
}

/** An unfit row, and how many rows of the batch come before it. */
interface PlacedUnfit extends UnfitRow {
  readonly at: number;
}

/**
 * The units of a batch whose rows come from one source that numbers them: each row is a unit, and its
 * position is its number. They take no memory for each row.
 */
export class NumberedUnits implements BatchUnits {
  readonly source: UnitSource;
  readonly #firstNumber: number;
  #rows = 0;
  #planned: bigint;
  /** In order. */
  readonly #unfit: PlacedUnfit[] = [];
  #unsettled: readonly PlacedUnfit[] = this.#unfit;

  /** @param firstNumber the number of the first row */
  constructor(source: UnitSource, firstNumber: number) {
    this.source = source;
    this.#firstNumber = firstNumber;
    this.#planned = BigInt(firstNumber);
  }

  /** Adds the next rows; their numbers leave out those of unfit rows among them. */
  add(rows: number, unfit: readonly UnfitRow[] = []): void {
    const firstNumber = this.#numberAfter(this.#rows);
    unfit.forEach(({ number, row }, index) => {
      this.#unfit.push({ number, row, at: this.#rows + number - firstNumber - index });
    });
    this.#rows += rows;
    this.source.accept(BigInt(this.#numberAfter(this.#rows)));
  }

  get sources(): UnitSource[] {
    return [this.source];
  }

  get rows(): number {
    return this.#rows;
  }

  get invalidRows(): number {
    return this.#unfit.length;
  }

  endedRows(from: number, to: number): number {
    return this.source.isEnded ? to - from : 0;
  }

  lastOf(to: number): ReadonlyMap<UnitSource, bigint> {
    const last = this.#numberAfter(Math.min(to, this.#rows));
    return new Map(last === this.#firstNumber ? [] : [[this.source, BigInt(last)]]);
  }

  plan(): void {
    this.#planned = this.source.plan(BigInt(this.#numberAfter(this.#rows)));
  }

  plannedOf(): bigint {
    return this.#planned;
  }

  invalidUpTo(to: number): InvalidRow[] {
    return this.#unfit
      .filter(({ at, number }) => at <= to && !this.#isSettled(number))
      .map(({ row }) => row);
  }

  takeSettledInvalid(): SettledInvalid[] {
    const settled = this.#unsettled.filter(({ number }) => this.#isSettled(number));
    this.#unsettled = this.#unsettled.filter(({ number }) => !this.#isSettled(number));
    return settled.map(({ at, number, row }) => {
      return { at, rows: [row], isKept: number < this.source.position };
    });
  }

  of(row: number): Pick<Unit, "source" | "next"> {
    return { source: this.source, next: BigInt(this.#numberOf(row) + 1) };
  }

  /** Senders do not know the numbers. */
  positionOf(): undefined {
    return undefined;
  }

  around(row: number): RowRange {
    return { from: row, to: row + 1 };
  }

  pieces(from: number, to: number): (RowRange & { source: UnitSource })[] {
    return from < to ? [{ from, to, source: this.source }] : [];
  }

  live(from: number, to: number): RowRange[] {
    const position = Number(this.source.position);
    const unfit = countWhile(this.#unfit, ({ number }) => number < position);
    const first = Math.max(from, position - this.#firstNumber - unfit);
    return this.source.isEnded || first >= to ? [] : [{ from: first, to }];
  }

  #isSettled(number: number): boolean {
    return this.source.isEnded || number < this.source.position;
  }

  #numberOf(row: number): number {
    return this.#firstNumber + row + countWhile(this.#unfit, ({ at }) => at <= row);
  }

  /** The number after those of so many rows, and of the unfit ones up to there. */
  #numberAfter(rows: number): number {
    return this.#firstNumber + rows + countWhile(this.#unfit, ({ at }) => at <= rows);
  }
}

/** How many of the first entries are so; those after them are not. By halving. */
function countWhile<Entry>(entries: readonly Entry[], isSo: (entry: Entry) => boolean): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSo(entries[middle]!)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

import type {
  BatchUnits,
  InvalidRow,
  RowRange,
  SettledInvalid,
  Unit,
  UnitSource,
} from "./units.js";

/**
 * The units of a batch whose rows come from one source that numbers them: each row is a unit, and its
 * position is its number. They take no memory for each row.
 */
export class NumberedUnits implements BatchUnits {
  readonly source: UnitSource;
  readonly #firstNumber: bigint;
  #rows = 0;
  #planned: bigint;

  /** @param firstNumber the number of the first row in the batch */
  constructor(source: UnitSource, firstNumber: number) {
    this.source = source;
    this.#firstNumber = BigInt(firstNumber);
    this.#planned = this.#firstNumber;
  }

  /** Adds the next rows. */
  add(rows: number): void {
    this.#rows += rows;
    this.source.accept(this.#positionAt(this.#rows));
  }

  get sources(): UnitSource[] {
    return [this.source];
  }

  get rows(): number {
    return this.#rows;
  }

  /** A row that cannot be encoded gets no number. */
  get invalidRows(): number {
    return 0;
  }

  endedRows(from: number, to: number): number {
    return this.source.isEnded ? to - from : 0;
  }

  lastOf(to: number): ReadonlyMap<UnitSource, bigint> {
    const rows = Math.min(to, this.#rows);
    return new Map(rows === 0 ? [] : [[this.source, this.#positionAt(rows)]]);
  }

  plan(): void {
    this.#planned = this.source.plan(this.#positionAt(this.#rows));
  }

  plannedOf(): bigint {
    return this.#planned;
  }

  invalidUpTo(): InvalidRow[] {
    return [];
  }

  takeSettledInvalid(): SettledInvalid[] {
    return [];
  }

  of(row: number): Pick<Unit, "source" | "next"> {
    return { source: this.source, next: this.#positionAt(row + 1) };
  }

  around(row: number): RowRange {
    return { from: row, to: row + 1 };
  }

  pieces(from: number, to: number): (RowRange & { source: UnitSource })[] {
    return from < to ? [{ from, to, source: this.source }] : [];
  }

  live(from: number, to: number): RowRange[] {
    const committed = Number(this.source.position - this.#firstNumber);
    const first = Math.max(from, committed);
    return this.source.isEnded || first >= to ? [] : [{ from: first, to }];
  }

  #positionAt(row: number): bigint {
    return this.#firstNumber + BigInt(row);
  }
}

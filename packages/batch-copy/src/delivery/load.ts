import type { Batch } from "../batch/batch.js";
import type { BatchUnits, InvalidRow, RowRange, UnitSource } from "../batch/units.js";
import type { Slice } from "../copy/copy-writer.js";
import type { LedgerSource, Move } from "../transaction/ledger-source.js";
import type { Statement } from "../transaction/statement.js";
import type { AddressedSlice, Addresses, Division, UndividedRows } from "./addresses.js";
import type { BatchRows } from "./batch-rows.js";
import type { Destination } from "./destination.js";

/** A source whose rows are delivered. The units of batches have no others. */
export interface DeliveredSource extends UnitSource, LedgerSource {
  /** Whether rows that are not written when it ends are kept elsewhere, so that they are not rejected. */
  readonly keepsRows: boolean;
  /** The error for an `insert()` of a row that is kept, and is not committed yet. */
  insertError(cause?: Error): Error;
  /** Ends it: what is not committed is left to whoever opens it next. Further calls change nothing. */
  end(error: Error): void;
  /** Called when the rows that it has passed are counted: flushes that wait for them are done. */
  settled(): void;
}

/** A row that cannot be encoded. The units of batches have no others. */
export interface DeliveredInvalidRow extends InvalidRow {
  /** The table that it was sent to. */
  readonly destination: Destination;
}

/**
 * What one transaction writes of a batch. It has no field with a function of its own: that kept each batch
 * alive until the next full garbage collection, which doubled the cost of `insert()`.
 */
export class Load {
  readonly rows: number;
  readonly bytes: number;
  /** How far it moves the sources of the rows. */
  readonly moves: readonly Move[];
  /** Whether a lane must prove its commit, because it has rows of no source, or no source moves. */
  readonly isOfLane: boolean;
  /** What else is said: the letters of the invalid rows that the moves pass. */
  readonly aside: readonly Statement[];
  readonly #addresses: Addresses;
  readonly #undivided: UndividedRows;
  readonly #numbers: readonly number[] | undefined;
  #division: Division | undefined;

  /** @param numbers those of its rows, counted from the first row that was asked for, if some are left out */
  constructor(
    rows: UndividedRows,
    addresses: Addresses,
    { moves, isOfLane, aside }: Pick<Load, "moves" | "isOfLane" | "aside">,
    numbers?: readonly number[],
  ) {
    this.rows = rows.slice.rows;
    this.bytes = rows.slice.bytes;
    this.moves = moves;
    this.isOfLane = isOfLane;
    this.aside = aside;
    this.#addresses = addresses;
    this.#undivided = rows;
    this.#numbers = numbers;
  }

  /** Whether there is nothing to write. */
  get isEmpty(): boolean {
    return this.rows === 0 && this.moves.length === 0;
  }

  /** What is written to each table. */
  get parts(): readonly AddressedSlice[] {
    return this.#divided.parts;
  }

  /** Their qualified names. */
  get tables(): readonly string[] {
    return this.parts.map(({ destination }) => destination.table);
  }

  /** The number of a row, counted from the first row that was asked for, by its number in the parts. */
  rowOf(row: number): number {
    const number = this.#divided.rowOf(row);
    return this.#numbers === undefined ? number : this.#numbers[number]!;
  }

  /** Compares its tables again; resolves to a mismatch, if there is one. */
  async findMismatch(): Promise<Error | undefined> {
    const looks = this.parts.map(({ destination }) => destination.findMismatch());
    return (await Promise.all(looks)).find((mismatch) => mismatch !== undefined);
  }

  /**
   * Whether its tables are to be written in another order by now: a foreign key may be new.
   *
   * @throws ConnectError
   */
  async isReordered(): Promise<boolean> {
    return this.parts.length > 1 && this.#addresses.reorder();
  }

  /** To be divided only if it is written: that may copy the rows. */
  get #divided(): Division {
    this.#division ??= this.#addresses.divide(this.#undivided);
    return this.#division;
  }
}

/** The rows of a batch from `from` to before `to`. */
export interface LoadedRows extends RowRange {
  readonly batch: Batch;
  /** Where the rows are, which is only asked for if they are not the whole batch. */
  readonly rows: () => BatchRows;
}

/**
 * What is to be written of rows: not those of sources that have ended.
 *
 * @param isFirst whether the batches before it are settled, so that sources are where they are known to be
 */
export function loadOf(
  { batch, rows, from, to }: LoadedRows,
  isFirst: boolean,
  addresses: Addresses,
): Load {
  const { units } = batch;
  const all = (): UndividedRows => ({
    batch,
    slice: from === 0 && to === batch.rows ? batch : rows().slice(from, to),
    tuples: () => tuplesIn([{ from, to }], rows()),
  });
  if (units === undefined) {
    return new Load(all(), addresses, { moves: [], isOfLane: true, aside: [] });
  }
  const moves = movesOf(units, to, isFirst);
  const isOfLane = units.rows < batch.rows || moves.length === 0;
  const aside = lettersOf(units.invalidUpTo(to) as DeliveredInvalidRow[]);
  const ranges = [...units.live(from, to)];
  const live = ranges.reduce((sum, range) => sum + range.to - range.from, 0);
  if (live === to - from) {
    return new Load(all(), addresses, { moves, isOfLane, aside });
  }
  const some = {
    batch,
    slice: joined(ranges.map((range) => rows().slice(range.from, range.to))),
    tuples: () => tuplesIn(ranges, rows()),
  };
  const numbers = ranges.flatMap((range) => numbersOf(range.from - from, range.to - from));
  return new Load(some, addresses, { moves, isOfLane, aside }, numbers);
}

function lettersOf(invalid: readonly DeliveredInvalidRow[]): Statement[] {
  // Without a table for them, only `onReject` is told.
  const tables = new Set(invalid.flatMap(({ destination }) => destination.deadLetters ?? []));
  return Array.from(tables, (table) => {
    const rows = invalid.filter(({ destination }) => destination.deadLetters === table);
    return table.statement(rows.map(({ letter }) => letter));
  });
}

function movesOf(units: BatchUnits, row: number, isFirst: boolean): Move[] {
  const moves: Move[] = [];
  for (const [unitSource, to] of units.lastOf(row)) {
    const source = unitSource as DeliveredSource;
    const from = isFirst ? source.position : units.plannedOf(source);
    if (!source.isEnded && to > from) {
      moves.push({ source, from, to });
    }
  }
  return moves;
}

function* tuplesIn(ranges: readonly RowRange[], rows: BatchRows): Generator<Buffer> {
  for (const { from, to } of ranges) {
    for (let row = from; row < to; row++) {
      yield rows.tuple(row);
    }
  }
}

function joined(slices: readonly Slice[]): Slice {
  return {
    rows: slices.reduce((sum, { rows }) => sum + rows, 0),
    bytes: slices.reduce((sum, { bytes }) => sum + bytes, 0),
    messages: slices.flatMap(({ messages }) => messages),
  };
}

function numbersOf(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

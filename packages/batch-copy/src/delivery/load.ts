import type { Batch } from "../batch/batch.js";
import type { RowRange, Units, UnitSource } from "../batch/units.js";
import type { Slice } from "../copy/copy-writer.js";
import type { LedgerSource, Move } from "../transaction/ledger-source.js";
import type { BatchRows } from "./batch-rows.js";

/** A source whose rows are delivered. The units of batches have no others. */
export interface DeliveredSource extends UnitSource, LedgerSource {
  /** Ends it: what is not committed is left to whoever opens it next. Further calls change nothing. */
  end(error: Error): void;
}

/** What one transaction writes of a batch. */
export interface Load {
  readonly slice: Slice;
  /** How far it moves the sources of the rows. */
  readonly moves: readonly Move[];
  /** Whether a lane must prove its commit, because it has rows of no source, or no source moves. */
  readonly isOfLane: boolean;
  /** The number of a row, counted from the first row that was asked for, by its number in the slice. */
  rowOf(row: number): number;
}

/**
 * What is to be written of the rows from `from` to before `to`: not those of sources that have ended.
 *
 * @param rows where the rows are, which is only asked for if they are not the whole batch
 * @param isFirst whether the batches before it are settled, so that sources are where they are known to be
 */
export function loadOf(
  batch: Batch,
  rows: () => BatchRows,
  { from, to, isFirst }: RowRange & { readonly isFirst: boolean },
): Load {
  const { units } = batch;
  const isWhole = from === 0 && to === batch.rows;
  if (units === undefined) {
    return { slice: isWhole ? batch : rows().slice(from, to), moves: [], isOfLane: true, rowOf };
  }
  const moves = movesOf(units, to, isFirst);
  const isOfLane = units.rows < batch.rows || moves.length === 0;
  const ranges = [...units.live(from, to)];
  const live = ranges.reduce((sum, range) => sum + range.to - range.from, 0);
  if (live === to - from) {
    return { slice: isWhole ? batch : rows().slice(from, to), moves, isOfLane, rowOf };
  }
  const slices = ranges.map((range) => rows().slice(range.from, range.to));
  const numbers = ranges.flatMap((range) => numbersOf(range.from - from, range.to - from));
  return { slice: joined(slices), moves, isOfLane, rowOf: (row) => numbers[row]! };
}

/** Whether there is nothing to write. */
export function isEmpty({ slice, moves }: Load): boolean {
  return slice.rows === 0 && moves.length === 0;
}

function movesOf(units: Units, row: number, isFirst: boolean): Move[] {
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

function rowOf(row: number): number {
  return row;
}

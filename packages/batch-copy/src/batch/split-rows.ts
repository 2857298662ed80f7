import { endOfTuple } from "./end-of-tuple.js";
import { InsertWaiters } from "./insert-waiters.js";
import type { NumberedRows } from "./numbered-rows.js";

/** The first rows and the others, if there are more than `count`. Rows with unfit ones stay together. */
export function splitRows(added: NumberedRows, count: number): NumberedRows[] {
  const hasUnfit = added.unfit !== undefined && added.unfit.length > 0;
  if (added.rows <= count || hasUnfit) {
    return [added];
  }
  const [first, others]: [Buffer[], Buffer[]] = [[], []];
  let left = count;
  for (const part of added.tuples) {
    let end = 0;
    for (; left > 0 && end < part.length; left--) {
      end = endOfTuple(part, end);
    }
    first.push(part.subarray(0, end));
    others.push(part.subarray(end));
  }
  const { firstNumber, inserts, rows } = added;
  return [
    partOf(added, { firstNumber, rows: count, tuples: first, inserts: slice(inserts, 0, count) }),
    partOf(added, {
      firstNumber: firstNumber + count,
      rows: rows - count,
      tuples: others,
      inserts: slice(inserts, count, rows),
    }),
  ];
}

function partOf(
  { source, codec }: NumberedRows,
  part: Pick<NumberedRows, "firstNumber" | "rows" | "inserts"> & { readonly tuples: Buffer[] },
): NumberedRows {
  const tuples = part.tuples.filter(({ length }) => length > 0);
  const bytes = tuples.reduce((sum, { length }) => sum + length, 0);
  return { ...part, source, codec, tuples, bytes };
}

/** The callers that wait for the rows from `from` to before `to`. */
function slice(
  inserts: InsertWaiters | undefined,
  from: number,
  to: number,
): InsertWaiters | undefined {
  const part = new InsertWaiters();
  for (const [row, waiter] of inserts?.entries() ?? []) {
    if (row >= from && row < to) {
      part.add(row - from, waiter);
    }
  }
  return part.isEmpty ? undefined : part;
}

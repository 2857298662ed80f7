import type { Books } from "./books.js";
import type { SimulatedDatabase } from "./simulated-database.js";
import { sourceOf } from "./world.js";

/** Numbers of rows, by stream. */
type RowsByStream = ReadonlyMap<string, readonly number[]>;

/** What the database has, compared with what senders were told. */
export interface Verdict {
  /** What must not be, whatever has happened to the disk. */
  readonly problems: readonly string[];
  /** Acknowledged rows that are not in the database. */
  readonly lost: RowsByStream;
  /** Rows in the database whose senders were told that they never would be there. */
  readonly refused: RowsByStream;
}

/** Compares the rows in the database with the books. */
export function judge(books: Books, database: SimulatedDatabase): Verdict {
  const problems: string[] = [];
  const written = new Set<number>();
  for (const { id, source, number } of database.rows) {
    const row = books.get(id);
    const expected = row && `row ${row.number} of ${sourceOf(row.stream, row.table)}`;
    const found = `row ${number} of ${source}`;
    if (expected !== found) {
      problems.push(`row ${id}, ${expected ?? "which nobody has sent"}, was delivered as ${found}`);
    }
    if (written.has(id)) {
      problems.push(`row ${id} was doubled`);
    }
    written.add(id);
  }
  return {
    problems,
    lost: rowsOf(books, "acknowledged", (id) => !written.has(id)),
    refused: rowsOf(books, "rejected", (id) => written.has(id)),
  };
}

function rowsOf(
  books: Books,
  state: "acknowledged" | "rejected",
  isWanted: (id: number) => boolean,
): RowsByStream {
  const rows = new Map<string, number[]>();
  for (const [id, row] of books.entries()) {
    if (row.state === state && isWanted(id)) {
      rows.set(row.stream, [...(rows.get(row.stream) ?? []), id]);
    }
  }
  return rows;
}

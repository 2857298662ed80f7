import type { Books } from "./books.js";
import type { SimulatedDatabase } from "./simulated-database.js";
import { sourceOf } from "./world.js";

/** What the database has, compared with what senders were told. */
export interface Verdict {
  readonly problems: readonly string[];
  /** Acknowledged rows that are not in the database, by stream. */
  readonly lost: ReadonlyMap<string, readonly number[]>;
}

/** Compares the rows in the database with the books. */
export function judge(books: Books, database: SimulatedDatabase): Verdict {
  const problems: string[] = [];
  const written = new Set<number>();
  for (const { id, source, number } of database.rows) {
    const row = books.get(id);
    if (row === undefined) {
      problems.push(`row ${id}, which nobody has sent, is in the database`);
      continue;
    }
    if (source !== sourceOf(row.stream, row.table) || number !== row.number) {
      problems.push(
        `row ${id}, number ${row.number} of ${sourceOf(row.stream, row.table)}, is in the database as number ${number} of ${source}`,
      );
    }
    if (written.has(id)) {
      problems.push(`row ${id} was doubled`);
    }
    if (row.state === "rejected") {
      problems.push(`row ${id} was delivered, whose sender was told that it never would be`);
    }
    written.add(id);
  }
  const lost = new Map<string, number[]>();
  for (const [id, { stream, state }] of books.entries()) {
    if (state === "acknowledged" && !written.has(id)) {
      lost.set(stream, [...(lost.get(stream) ?? []), id]);
    }
  }
  return { problems, lost };
}

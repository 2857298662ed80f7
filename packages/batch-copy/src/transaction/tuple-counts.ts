import type { Statement } from "./statement.js";

/**
 * How many rows a transaction has inserted into a table and updated in it. The counters belong to the
 * session and go on over transactions (`find_tabstat_entry` in
 * src/backend/utils/activity/pgstat_relation.c), so they are read twice.
 */
export class TupleCounts {
  readonly question: Statement;
  readonly #answers: (readonly number[])[] = [];

  constructor(oid: number) {
    this.question = {
      sql: `SELECT pg_catalog.pg_stat_get_xact_tuples_inserted(${oid}), pg_catalog.pg_stat_get_xact_tuples_updated(${oid})`,
      onRow: (fields) => this.#answers.push(fields.map(Number)),
    };
  }

  /**
   * How many of the rows written were inserted; undefined if the server has not counted each of them:
   * with `track_counts = off`, or because they are stored elsewhere, as in partitions.
   */
  insertedOf(written: number): number | undefined {
    const [before = [], after = []] = this.#answers;
    const grown = (n: number): number => (after[n] ?? 0) - (before[n] ?? 0);
    const [inserted, updated] = [grown(0), grown(1)];
    return inserted + updated === written ? inserted : undefined;
  }
}

import type { StageColumn } from "./stage-columns.js";

/**
 * How rows get into a table:
 *
 * - `"copy"`: by COPY into the table.
 * - `"stage"`: by COPY into a temporary table, and one INSERT from there.
 * - `"merge"`: by COPY into a temporary table, and one INSERT … ON CONFLICT from there.
 * - `"loop"`: by COPY into a temporary table, and an INSERT … ON CONFLICT for each row from there.
 */
export type WriteForm = "copy" | "merge" | "loop" | "stage";

/** How rows get into the table, decided from the catalog. */
export interface WritePlan {
  readonly form: WriteForm;
  /**
   * Why it is not a faster form, each in words for the user; none for `"copy"`. With `"merge"`, why batches
   * with duplicates are written row by row.
   */
  readonly reasons: readonly string[];
  /** In the order of the row; none for `"copy"`. */
  readonly stageColumns: readonly StageColumn[];
  /** `ON CONFLICT ("id") DO UPDATE SET …`, or "". */
  readonly conflictClause: string;
  readonly onConflict: "update" | "nothing" | undefined;
  /** Whether the server says how many rows it has written: with rules it counts other statements. */
  readonly isCounted: boolean;
  /** The columns by which one statement may sort the rows; none if it must keep their order. */
  readonly sortedBy: readonly string[];
  /** Whether a transaction sees what others commit while it runs: not if it keeps its first snapshot. */
  readonly seesCommits: boolean;
  /** What is done with several rows of one key in a batch, if one statement cannot take them all. */
  readonly duplicates: Duplicates | undefined;
}

/** How several rows of one key are merged. */
interface Duplicates {
  readonly key: MergeKey;
  /**
   * Which of them are written: only the last, or each, in which case the batch is written row by row. A
   * batch without duplicates is one statement in either case.
   */
  readonly written: "last" | "each";
}

/** The key of a unique index. */
export interface MergeKey {
  readonly keys: readonly { readonly name: string; readonly isNullable: boolean }[];
  readonly areNullsDistinct: boolean;
}

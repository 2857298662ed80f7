import type { WriteForm } from "../table/write-plan.js";
import { withoutBlock } from "./block-context.js";
import { copyLine, placeOf } from "./copy-line.js";
import {
  BLOCK_COUNT,
  insertAll,
  insertAllOrEach,
  insertEach,
  insertLast,
  insertOne,
  type StagedTable,
  type StageKey,
} from "./merge.js";
import type { PgNotice } from "./notice.js";
import { isRaised, type PgServerError } from "./server-error.js";
import type { Session } from "./session.js";
import { forgetStage, nameOf, prepareStage, type Stage } from "./stage.js";
import type { Statement } from "./statement.js";
import { TupleCounts } from "./tuple-counts.js";
import type { Place, Refusal, TableWrite, Write, Writing, Written } from "./write.js";

/** How a table is written through a stage. */
export interface StagedPlan extends StagedTable {
  readonly form: Exclude<WriteForm, "copy">;
  /** `pg_class.oid` of the table. */
  readonly oid: number;
  /** The stage's columns as in CREATE TABLE, in the order of a row's fields. */
  readonly stageColumns: readonly string[];
  /** `ALTER COLUMN … SET STORAGE …` for those that are not stored as others of their types. */
  readonly stageStorage: readonly string[];
  /** Whether connections of our own may keep the stage. */
  readonly isStageKept: boolean;
  /** What a conflict leads to; undefined if it is an error. */
  readonly onConflict: "update" | "nothing" | undefined;
  /** What is done with several rows of one key, if one statement cannot take them all. */
  readonly duplicates: StageDuplicates | undefined;
  /** Whether a transaction sees what others commit while it runs. */
  readonly seesCommits: boolean;
  /** Columns by which one statement may sort the rows, quoted; none if it must keep their order. */
  readonly sortedBy: readonly string[];
  /** Whether the server says how many rows it has written. With rules it counts other statements. */
  readonly isCounted: boolean;
  /** An INSERT of one row, with a parameter for each column. */
  readonly insertStatement: string;
}

/** Several rows of one key: only the last is written, or each by a statement of its own. */
interface StageDuplicates {
  readonly key: StageKey;
  readonly written: "last" | "each";
}

/** Writes rows by COPY into a stage, and from there into their table in the same transaction. */
export function stagedWrite(plan: StagedPlan): TableWrite {
  const { form, onConflict, duplicates, insertStatement } = plan;
  const stage: Stage = {
    name: `batch_copy_${plan.oid}`,
    columns: plan.stageColumns,
    storage: plan.stageStorage,
    isKept: plan.isStageKept,
  };
  const writeBy = (merge: Merge): Write => new StagedWrite(plan, stage, merge);
  const part = writeBy(byBlock(insertEach(plan, stage), [insertOne(plan)]));
  const all = insertAll(plan, stage, plan.sortedBy);
  const trial = writeBy(byStatement(all));
  const whole = duplicates === undefined ? trial : writeBy(mergeOf(plan, stage, duplicates, all));
  const batch = form === "loop" ? part : whole;
  return {
    isOrdered: onConflict !== undefined,
    mayBeHeldBack: plan.seesCommits,
    batch,
    part,
    trial,
    insertStatement,
  };
}

/** How rows get from the stage into the table. */
interface Merge {
  readonly statement: string;
  /** The statements within it that may stand in the context of an error, if it is a block. */
  readonly inner: readonly string[];
  /** Whether rows of the stage that were not written count as written: later ones took their place. */
  readonly isOfLast: boolean;
  /** SQL for the number of rows written, if the command tag does not tell. */
  readonly count: string | undefined;
}

function mergeOf(
  table: StagedTable,
  stage: Stage,
  { key, written }: StageDuplicates,
  all: string,
): Merge {
  return written === "last"
    ? { ...byStatement(insertLast(table, stage, key)), isOfLast: true }
    : byBlock(insertAllOrEach(table, stage, key, all), [insertOne(table), all]);
}

function byStatement(statement: string): Merge {
  return { statement, inner: [], isOfLast: false, count: undefined };
}

function byBlock(statement: string, inner: readonly string[]): Merge {
  return { statement, inner, isOfLast: false, count: BLOCK_COUNT };
}

class StagedWrite implements Write {
  readonly #plan: StagedPlan;
  readonly #stage: Stage;
  readonly #merge: Merge;

  constructor(plan: StagedPlan, stage: Stage, merge: Merge) {
    this.#plan = plan;
    this.#stage = stage;
    this.#merge = merge;
  }

  begin(session: Session): Writing {
    return new StagedWriting(this.#plan, this.#stage, this.#merge, session);
  }
}

class StagedWriting implements Writing {
  readonly before: readonly Statement[];
  readonly copy: string;
  readonly after: readonly Statement[];
  readonly onCommit: () => void;
  readonly #plan: StagedPlan;
  readonly #stage: Stage;
  readonly #merge: Merge;
  readonly #session: Session;
  readonly #tuples: TupleCounts | undefined;
  #written = 0;
  #failedRow: number | undefined;

  constructor(plan: StagedPlan, stage: Stage, merge: Merge, session: Session) {
    this.#plan = plan;
    this.#stage = stage;
    this.#merge = merge;
    this.#session = session;
    this.#tuples = plan.onConflict === "update" ? new TupleCounts(plan.oid) : undefined;
    const { statements, onCommit } = prepareStage(stage, session);
    const tuples = this.#tuples === undefined ? [] : [this.#tuples.question];
    this.before = [...statements, ...tuples];
    this.copy = `COPY ${nameOf(stage)} (${plan.columns.join(", ")}) FROM STDIN (FORMAT binary)`;
    this.after = [...this.#mergeStatements(), ...tuples];
    this.onCommit = onCommit;
  }

  written(copied: number): Written {
    const { onConflict, isCounted } = this.#plan;
    const rows = isCounted && !this.#merge.isOfLast ? this.#written : copied;
    const inserted = this.#tuples?.insertedOf(this.#written);
    return {
      rows,
      updated: inserted === undefined ? 0 : rows - inserted,
      ignored: onConflict === undefined ? 0 : copied - rows,
    };
  }

  /** The loop names the row that failed, counted from 1. */
  onNotice({ message, table, routine }: PgNotice): void {
    if (table === this.#stage.name && isRaised({ routine })) {
      this.#failedRow = Number(message) - 1;
    }
  }

  refusal(error: PgServerError, rows: number): Refusal {
    if (OF_NAME_OR_TYPE.test(error.code)) {
      forgetStage(this.#stage, this.#session);
    }
    const line = copyLine(error.where, this.#stage.name, rows);
    if (line !== undefined) {
      return { error, place: placeOf(error.where), row: line - 1 };
    }
    const row = this.#failedRow;
    if (row === BEFORE_ROWS) {
      return { error, place: "aside", row: undefined };
    }
    return { error, place: this.#placeOf(error.where), row };
  }

  #placeOf(where: string | undefined): Place {
    const context = withoutBlock(where, this.#merge.inner);
    return context === "" && this.#failedRow !== undefined ? "row" : placeOf(context || undefined);
  }

  #mergeStatements(): Statement[] {
    const { statement, count } = this.#merge;
    if (count === undefined) {
      const onTag = (tag: string): void => this.#note(tag.slice(tag.lastIndexOf(" ") + 1));
      return [{ sql: statement, onTag }];
    }
    return [
      { sql: statement },
      { sql: `SELECT ${count}`, onRow: ([written]) => this.#note(written) },
    ];
  }

  #note(written: string | null | undefined): void {
    this.#written = Number(written);
  }
}

/** What the loop names if it failed before its first row, by constraints of dead letters. */
const BEFORE_ROWS = -1;

/** The stage may be gone, or one of its columns with its type. */
const OF_NAME_OR_TYPE = /^42/;

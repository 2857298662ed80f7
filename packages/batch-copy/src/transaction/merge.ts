import { dollarQuoted } from "../dollar-quoted.js";
import { nameOf, ORDINAL, type Stage } from "./stage.js";

/** A table that is written from a stage. */
export interface StagedTable {
  /** Its qualified name, quoted. */
  readonly name: string;
  /** The names of the columns to fill, quoted, in the order of a row's fields. */
  readonly columns: readonly string[];
  /** `ON CONFLICT …` of the INSERT, or "". */
  readonly conflictClause: string;
}

/** The columns that decide which rows of a stage have the same key. */
export interface StageKey {
  /** Their names, quoted. */
  readonly columns: readonly string[];
  /** Those of them that may be NULL in rows that are different nevertheless, quoted. */
  readonly distinctIfNull: readonly string[];
}

/**
 * Writes all rows in one statement.
 *
 * @param sortedBy columns by which the rows are sorted first, quoted: in the order of an index it is
 * searched and changed place after place
 */
export function insertAll(table: StagedTable, stage: Stage, sortedBy: readonly string[]): string {
  const columns = table.columns.join(", ");
  const order = [...sortedBy, ORDINAL].join(", ");
  return `INSERT INTO ${table.name} (${columns}) SELECT ${columns} FROM ${nameOf(stage)} ORDER BY ${order} ${table.conflictClause}`.trimEnd();
}

/** Writes the last row of each key, in one statement and in the order of the keys. */
export function insertLast(table: StagedTable, stage: Stage, key: StageKey): string {
  const columns = table.columns.join(", ");
  const areNull = key.distinctIfNull.map((column) => `${column} IS NULL`).join(" OR ");
  const own = areNull === "" ? [] : [`CASE WHEN ${areNull} THEN ${ORDINAL} END`];
  const by = [...key.columns, ...own].join(", ");
  const last = `SELECT DISTINCT ON (${by}) ${columns} FROM ${nameOf(stage)} ORDER BY ${by}, ${ORDINAL} DESC`;
  return `INSERT INTO ${table.name} (${columns}) ${last} ${table.conflictClause}`;
}

/** Where a block leaves the number of rows that it has written. */
export const BLOCK_COUNT = "pg_catalog.current_setting('batch_copy.written')";

const ROW = '"batch_copy row"';
const POSITION = '"batch_copy position"';
const WRITTEN = '"batch_copy written"';
const NEXT = "OPERATOR(pg_catalog.+) 1";

/** The statement that a loop runs for each row, as it stands in the context of its errors. */
export function insertOne({ name, columns, conflictClause }: StagedTable): string {
  const values = columns.map((column) => `${ROW}.${column}`).join(", ");
  return `INSERT INTO ${name} (${columns.join(", ")}) VALUES (${values}) ${conflictClause}`.trimEnd();
}

/** Writes each row by a statement of its own, in order. */
export function insertEach(table: StagedTable, stage: Stage): string {
  return block(loop(table, stage));
}

/**
 * Writes all rows by the statement `all` if each has a key of its own, and by statements of their own
 * otherwise.
 */
export function insertAllOrEach(
  table: StagedTable,
  stage: Stage,
  key: StageKey,
  all: string,
): string {
  const filter = key.distinctIfNull.map((column) => `${column} IS NOT NULL`).join(" AND ");
  const keyed = filter === "" ? "" : `WHERE ${filter} `;
  const by = key.columns.join(", ");
  const ofOneKey = `SELECT FROM ${nameOf(stage)} ${keyed}GROUP BY ${by} HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 1`;
  return block(`
  IF EXISTS (${ofOneKey}) THEN ${loop(table, stage)}
  ELSE
    ${all};
    GET DIAGNOSTICS ${WRITTEN} = ROW_COUNT;
  END IF;`);
}

/** As in a transaction of each row's own, deferred constraints are checked after each. */
const IMMEDIATELY = `
    SET CONSTRAINTS ALL IMMEDIATE;`;

/**
 * A loop over the rows. When one fails, it names the row by an INFO, which reaches every client whatever
 * its `client_min_messages`, and the error goes on as it is.
 */
function loop(table: StagedTable, stage: Stage): string {
  return `
  BEGIN${table.conflictClause === "" ? "" : IMMEDIATELY}
    FOR ${ROW} IN SELECT * FROM ${nameOf(stage)} ORDER BY ${ORDINAL} LOOP
      ${POSITION} := ${POSITION} ${NEXT};
      ${insertOne(table)};
      IF FOUND THEN ${WRITTEN} := ${WRITTEN} ${NEXT}; END IF;
    END LOOP;
  EXCEPTION WHEN OTHERS OR assert_failure THEN
    RAISE INFO USING MESSAGE = ${POSITION}, TABLE = '${stage.name}';
    RAISE;
  END;`;
}

/** A DO block. The names of columns take precedence over its variables, for the user's SQL. */
function block(statements: string): string {
  const text = `
#variable_conflict use_column
DECLARE ${ROW} pg_catalog.record; ${POSITION} bigint := 0; ${WRITTEN} bigint := 0;
BEGIN${statements}
  PERFORM pg_catalog.set_config('batch_copy.written', ${WRITTEN}::pg_catalog.text, true);
END `;
  return `DO ${dollarQuoted(text, "batch_copy")}`;
}

import { isPlainObject } from "./codecs/record.js";
import { checkIsRecord, invalid, shown } from "./invalid-option.js";
import { nearest } from "./nearest.js";
import type { ConflictAction } from "./table/conflict-rule.js";

/** The keys of a row, from which `Row` is not inferred. */
type KeyOf<Row> = keyof NoInfer<Row> & string;

/**
 * What happens to a row that conflicts with one in the table, or with an earlier row of the copier:
 * each row is written as by its own `INSERT … ON CONFLICT …`, in the order in which rows were sent.
 *
 * `where`, `predicate` and the values of an `update` object are SQL. They become a part of the statement
 * as they are, so never build them from untrusted input. In them, columns have their SQL names: of the
 * existing row as `people.hits`, with the bare name of the table, and of the row that was sent as
 * `excluded.hits`.
 *
 * @example
 * const visits = await Copier.connect("app.visits", {
 *   onConflict: {
 *     columns: ["visitor"],
 *     update: { hits: "visits.hits + excluded.hits", updated_at: "now()" },
 *   },
 * });
 */
export interface ConflictOptions<Row = object> {
  /**
   * The keys of the columns that a unique index of the table is on. A unique index on an expression,
   * such as `lower(email)`, is found by the columns that it reads.
   * @default the primary key
   */
  columns?: readonly KeyOf<Row>[] | undefined;
  /**
   * What to do with the existing row:
   *
   * - `"all"`: set every column that rows have, the key too, to the value of the row that was sent.
   * - `"nothing"`: leave it as it is, and ignore the row that was sent.
   * - an array of keys: set these columns to the values of the row that was sent.
   * - an object of SQL by column: set any columns of the table. Its keys are keys of the row or other
   *   columns, which are named by the rule of `names`, or by their names in SQL.
   */
  update: "all" | "nothing" | readonly KeyOf<Row>[] | ConflictUpdate<Row>;
  /**
   * A condition in SQL: the existing row is updated only if it is true, as in
   * `"excluded.version > people.version"`. Otherwise the row that was sent is ignored.
   * @default none: the existing row is always updated
   */
  where?: string | undefined;
  /**
   * The condition of a partial unique index in SQL, as in `"deleted_at IS NULL"`.
   * @default that of the only partial unique index on the columns, if no other unique index is on them
   */
  predicate?: string | undefined;
}

/** SQL by column: the keys of the row are suggested, and any other column of the table is accepted. */
export type ConflictUpdate<Row = object> = {
  readonly [Column in KeyOf<Row> | (string & {})]?: string;
};

const NAMES: readonly string[] = ["columns", "update", "where", "predicate"];

/** What query builders call these options, and which of ours that is. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    target: "columns",
    column: "columns",
    key: "columns",
    keys: "columns",
    fields: "columns",
    constraint: "columns",
    conflictcolumns: "columns",
    conflicttarget: "columns",
    conflictpaths: "columns",
    set: "update",
    action: "update",
    values: "update",
    merge: "update",
    overwrite: "update",
    doupdate: "update",
    doupdateset: "update",
    donothing: "update",
    ignore: "update",
    setwhere: "where",
    updatewhere: "where",
    condition: "where",
    filter: "where",
    targetwhere: "predicate",
    indexwhere: "predicate",
    indexpredicate: "predicate",
  }),
);

/**
 * Checks the option `onConflict`, and copies it: it is read again whenever the table is looked at again.
 *
 * @throws BatchCopyError with code `INVALID_OPTION`, which names the part that is wrong.
 */
export function resolveConflict(onConflict: unknown): ConflictAction | undefined {
  if (onConflict === undefined) {
    return undefined;
  }
  checkShape(onConflict);
  const { where, predicate } = onConflict;
  const columns =
    onConflict.columns === undefined ? undefined : keysOf("onConflict.columns", onConflict.columns);
  const update = updateOf(onConflict.update);
  checkOptionalSql("onConflict.where", where);
  checkOptionalSql("onConflict.predicate", predicate);
  if (update === "nothing" && where !== undefined) {
    throw invalid(
      'onConflict.where is the condition of an update: it cannot be used with update: "nothing"',
    );
  }
  return { columns, update, where, predicate };
}

/** The parts of the option, of which only the names are known. */
type Parts = Partial<ConflictAction>;

function checkShape(onConflict: unknown): asserts onConflict is Parts {
  if (typeof onConflict !== "object") {
    throw invalid(
      `onConflict must be an object, such as { update: "all" } or { update: "nothing" }, got ${shown(onConflict)}`,
    );
  }
  checkIsRecord("onConflict", onConflict, NAMES);
  const unknown = Object.keys(onConflict!).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    const meant = ALIASES.get(unknown.toLowerCase().replaceAll("_", "")) ?? nearest(unknown, NAMES);
    const hint = meant === undefined ? "" : ` Did you mean "onConflict.${meant}"?`;
    throw invalid(`Unknown option ${JSON.stringify(`onConflict.${unknown}`)}.${hint}`);
  }
}

function keysOf(what: string, given: unknown): readonly string[] {
  // Holes become undefined.
  const keys: unknown[] = Array.isArray(given) ? [...(given as unknown[])] : [];
  if (keys.length === 0 || !keys.every((key) => typeof key === "string" && key !== "")) {
    throw invalid(`${what} must be an array of one or more keys of the rows, got ${shown(given)}`);
  }
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) {
    throw invalid(`${what} has ${JSON.stringify(twice)} twice`);
  }
  return keys as string[];
}

function updateOf(update: unknown): ConflictAction["update"] {
  if (update === "all" || update === "nothing") {
    return update;
  }
  if (Array.isArray(update)) {
    return keysOf("onConflict.update", update);
  }
  if (!isPlainObject(update)) {
    throw invalid(
      `onConflict.update must be "all", "nothing", an array of keys, or an object of SQL by column, got ${shown(update)}`,
    );
  }
  const columns = Object.entries(update);
  if (columns.length === 0) {
    throw invalid(
      'onConflict.update must set at least one column: use "nothing" to ignore rows that conflict',
    );
  }
  for (const [column, sql] of columns) {
    checkSql(`onConflict.update.${column}`, sql);
  }
  return { ...(update as Record<string, string>) };
}

function checkOptionalSql(what: string, sql: unknown): void {
  if (sql !== undefined) {
    checkSql(what, sql);
  }
}

function checkSql(what: string, sql: unknown): void {
  if (typeof sql !== "string" || sql.trim() === "" || sql.includes("\0")) {
    throw invalid(`${what} must be a string of SQL, got ${shown(sql)}`);
  }
}

import { quoteIdentifier } from "../codecs/identifier.js";
import { BatchCopyError } from "../errors.js";
import { nearest } from "../nearest.js";
import type { ConflictRule } from "./conflict-rule.js";
import type { ColumnDescription } from "./describe-table.js";
import type { Field } from "./field.js";

/** What DO UPDATE sets a column to. */
export interface Assignment {
  /** The name of the column. */
  readonly column: string;
  /** SQL; undefined for the value of the row that was sent. */
  readonly sql: string | undefined;
}

/**
 * The names of the columns that `onConflict.columns` lists.
 *
 * @throws BatchCopyError with code `INVALID_OPTION` for a key that rows do not have.
 */
export function conflictColumns(keys: readonly string[], sent: readonly Field[]): string[] {
  return namesOfKeys("columns", keys, sent);
}

/**
 * What `onConflict.update` sets; nothing for `"nothing"`.
 *
 * @param sent the columns that rows have
 * @param columns all columns of the table
 * @throws BatchCopyError with code `INVALID_OPTION` for a column that there is not.
 */
export function assignmentsOf(
  { update, nameOf }: ConflictRule,
  sent: readonly Field[],
  columns: readonly ColumnDescription[],
): readonly Assignment[] {
  if (update === "nothing") {
    return [];
  }
  if (update === "all") {
    return sent.map(({ name }) => ({ column: name, sql: undefined }));
  }
  if (isList(update)) {
    const names = namesOfKeys("update", update, sent);
    return names.map((column) => ({ column, sql: undefined }));
  }
  const nameOfAny = namesOfAll(sent, columns, nameOf);
  const assignments = Object.entries(update).map(([key, sql]) => ({ column: nameOfAny(key), sql }));
  refuseSecond(assignments);
  return assignments;
}

function isList(update: object): update is readonly string[] {
  return Array.isArray(update);
}

function namesOfKeys(part: string, keys: readonly string[], sent: readonly Field[]): string[] {
  const byKey = new Map(sent.map(({ key, name }) => [key, name]));
  return keys.map((key) => {
    const name = byKey.get(key);
    if (name === undefined) {
      const what = `onConflict.${part} has ${JSON.stringify(key)}, which is not a key of the rows`;
      throw unknown(what, key, [...byKey.keys()]);
    }
    return name;
  });
}

/** Names any column of the table: by the key of the rows, by the rule of names, or by its name. */
function namesOfAll(
  sent: readonly Field[],
  columns: readonly ColumnDescription[],
  nameOf: (key: string) => unknown,
): (key: string) => string {
  const byKey = new Map(sent.map(({ key, name }) => [key, name]));
  const names = new Set(columns.map(({ name }) => name));
  return (key) => {
    const name = byKey.get(key) ?? [nameOf(key), key].find((each) => names.has(each as string));
    if (typeof name !== "string") {
      const what = `onConflict.update has ${JSON.stringify(key)}, which is not a column of the table`;
      throw unknown(what, key, [...byKey.keys(), ...names]);
    }
    return name;
  };
}

function refuseSecond(assignments: readonly Assignment[]): void {
  const names = assignments.map(({ column }) => column);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw invalid(`onConflict.update sets column ${quoteIdentifier(twice)} twice`);
  }
}

function unknown(what: string, key: string, candidates: readonly string[]): BatchCopyError {
  const near = nearest(key, candidates);
  const hint = near === undefined ? "" : `. Did you mean ${JSON.stringify(near)}?`;
  return invalid(what + hint);
}

function invalid(message: string): BatchCopyError {
  return new BatchCopyError("INVALID_OPTION", message);
}

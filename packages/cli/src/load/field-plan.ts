import type { ColumnDescription, TableDescription } from "batch-copy";

import { columnNameOf } from "../file/column-name.js";
import type { LoadOptions } from "../options/load-options.js";
import { UsageError } from "../options/usage-error.js";

/** What a column is filled with. */
interface PlannedColumn {
  /** Its name in SQL. */
  readonly name: string;
  /** The field of the record, or undefined for a constant. */
  readonly field: number | undefined;
  /** The text of a constant, in UTF-8. */
  readonly constant: Uint8Array | undefined;
}

/** Which fields of a file fill which columns. */
export interface FieldPlan {
  readonly columns: readonly PlannedColumn[];
  /** How many fields a record has. */
  readonly fields: number;
}

/**
 * Plans which columns are filled by fields with these names, and by `--set`.
 *
 * @param names of the fields in their order, as the file has them; `""` skips a field
 * @throws UsageError if a name is no column, two fields fill one column, or a column cannot be filled
 */
export function planFields(
  names: readonly string[],
  table: TableDescription,
  options: Pick<LoadOptions, "map" | "names" | "set" | "into">,
): FieldPlan {
  const columns: PlannedColumn[] = [];
  const fieldOf = new Map<string, string>();
  refuseUnusedMap(names, options);
  names.forEach((name, field) => {
    const column = columnNameOf(name, options);
    if (column === "") {
      return;
    }
    checkColumn(column, name, table, options);
    const other = fieldOf.get(column);
    if (other !== undefined) {
      throw new UsageError(
        `the fields ${shown(other)} and ${shown(name)} would both fill the column ${shown(column)}: skip one of them with --map ${shown(`${name}=`)}`,
      );
    }
    fieldOf.set(column, name);
    columns.push({ name: column, field, constant: undefined });
  });
  for (const [column, text] of options.set) {
    checkColumn(column, column, table, options);
    if (fieldOf.has(column)) {
      throw new UsageError(
        `--set gives the column ${shown(column)} a value, which the file fills as well`,
      );
    }
    columns.push({ name: column, field: undefined, constant: new TextEncoder().encode(text) });
  }
  if (columns.length === 0) {
    throw new UsageError(`the file fills no column of ${options.into}`);
  }
  return { columns, fields: names.length };
}

/** Whether each of these names is a column of the table, so that they may be a header. */
export function areColumns(
  names: readonly string[],
  table: TableDescription,
  options: Pick<LoadOptions, "map" | "names">,
): boolean {
  const known = new Set(table.columns.map(({ name }) => name));
  return names.every((name) => {
    const column = columnNameOf(name, options);
    return column === "" ? options.map.has(name) : known.has(column);
  });
}

/**
 * The columns that a file without names fills: all that can be written.
 *
 * @throws UsageError if none can
 */
export function fillableColumns(
  table: TableDescription,
  { into, set }: Pick<LoadOptions, "into" | "set">,
): string[] {
  const fillable = table.columns.filter(isFillable);
  if (fillable.length === 0) {
    throw new UsageError(
      table.columns.some(({ isInsertable }) => isInsertable)
        ? `all columns of ${into} are generated, and cannot be filled`
        : `permission denied for ${into}: you have the privilege INSERT on none of its columns`,
    );
  }
  return fillable.map(({ name }) => name).filter((name) => !set.has(name));
}

function isFillable({ isGenerated, isIdentityAlways, isInsertable }: ColumnDescription): boolean {
  return !isGenerated && !isIdentityAlways && isInsertable;
}

function checkColumn(
  column: string,
  name: string,
  table: TableDescription,
  { into }: Pick<LoadOptions, "into">,
): void {
  const found = table.columns.find((one) => one.name === column);
  if (found === undefined) {
    const columns = table.columns.map((one) => one.name).join(", ");
    throw new UsageError(
      `${into} has no column ${shown(column)}: name the column of this field with --map ${shown(`${name}=column`)}, or skip it with --map ${shown(`${name}=`)}. The columns are ${columns}`,
    );
  }
  if (found.isGenerated || found.isIdentityAlways) {
    throw new UsageError(
      `the column ${shown(column)} of ${into} is generated, and cannot be filled: skip it with --map ${shown(`${name}=`)}`,
    );
  }
}

/** A name that is not in the file is a mistake in most cases. */
function refuseUnusedMap(names: readonly string[], { map }: Pick<LoadOptions, "map">): void {
  const unused = [...map.keys()].find((name) => !names.includes(name));
  if (unused !== undefined) {
    throw new UsageError(`--map names ${shown(unused)}, which the file does not have`);
  }
}

function shown(name: string): string {
  return JSON.stringify(name);
}

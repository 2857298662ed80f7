import { quoteIdentifier, quoteQualified } from "../codecs/identifier.js";
import { BatchCopyError } from "../errors.js";
import { writableColumns } from "./definition-of.js";
import { mayBeLeftOut, type TableDescription } from "./describe-table.js";
import type { Field } from "./field.js";
import { mismatch } from "./mismatch.js";
import {
  someNamedFields,
  namingOf,
  type ColumnNames,
  type InverseNaming,
  type Naming,
} from "./naming.js";
import { columnsOf, type Table } from "./table.js";

/** The options that choose the columns of a table that is given by its name. */
export interface FieldOptions {
  /** The keys of the columns to fill. */
  readonly columns: readonly string[] | undefined;
  readonly names: ColumnNames | undefined;
}

/**
 * The columns to fill of a table that was found.
 *
 * @throws SchemaMismatchError if a column has no key.
 */
export type FieldChoice = (found: TableDescription) => readonly Field[];

/**
 * Reads the options that choose columns.
 *
 * @throws BatchCopyError with code `INVALID_OPTION` for options that a definition, or each other,
 * excludes.
 */
export function fieldChoice(table: Table | string, { columns, names }: FieldOptions): FieldChoice {
  if (typeof table !== "string") {
    refuseWithDefinition("columns", columns, "a definition lists its columns itself");
    refuseWithDefinition("names", names, "pass it to table(), as table(name, columns, { names })");
    return () => columnsOf(table);
  }
  const naming = namingOf(names, "INVALID_OPTION");
  if (columns !== undefined) {
    const fields = someNamedFields(columns, naming, "INVALID_OPTION");
    return () => fields;
  }
  const { inverse } = naming;
  if (inverse === undefined) {
    throw new BatchCopyError(
      "INVALID_OPTION",
      'names as a function needs the option "columns", which lists the keys: a function gives the column of a key, and not the key of a column',
    );
  }
  return (found) => fieldsOfCatalog(found, naming, inverse);
}

function refuseWithDefinition(option: string, value: unknown, reason: string): void {
  if (value !== undefined) {
    throw new BatchCopyError(
      "INVALID_OPTION",
      `${option} can be used only with a table's name: ${reason}`,
    );
  }
}

/** All columns that can be written, except those that this role may not fill and can leave out. */
function fieldsOfCatalog(
  found: TableDescription,
  naming: Naming,
  { keyOf, wayOut }: InverseNaming,
): Field[] {
  const fields = writableColumns(found)
    .filter((column) => column.isInsertable || !mayBeLeftOut(column))
    .map(({ name }) => ({ key: keyOf(name), name }));
  const differences = fields
    .map(({ key, name }) => ({ key, name, other: naming.nameOf(key) }))
    .filter(({ name, other }) => other !== name)
    .map(({ key, name, other }) => {
      const why = `${JSON.stringify(key)} is the key of column ${quoteIdentifier(other)}`;
      return `column ${quoteIdentifier(name)} has no key, because ${why}: ${wayOut(name)}`;
    });
  if (differences.length > 0) {
    throw mismatch(quoteQualified(found.schema, found.name), differences);
  }
  // A listed column that does not exist is a difference, too.
  const names = new Set(found.columns.map(({ name }) => name));
  return [...fields, ...naming.listed.filter(({ name }) => !names.has(name))];
}

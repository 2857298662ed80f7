import { columnTypeOf } from "../codecs/column-type-of.js";
import { asInSql, quoteIdentifier, quoteQualified } from "../codecs/identifier.js";
import type { TypeDescription } from "../codecs/type-description.js";
import { typeWithoutBinaryForm } from "./binary-form.js";
import type { ColumnDescription, TableDescription } from "./describe-table.js";
import { mismatch } from "./mismatch.js";
import { table, type Columns, type Table } from "./table.js";

/**
 * The definition of a table as the catalog describes it.
 *
 * @param names the columns to fill; by default all that can be written
 * @throws SchemaMismatchError for a column that does not exist, cannot be written or has no codec.
 */
export function definitionOf(
  found: TableDescription,
  names: readonly string[] = writableColumns(found).map(({ name }) => name),
): Table {
  const byName = new Map(found.columns.map((column) => [column.name, column]));
  const columns: [name: string, type: Columns[string]][] = [];
  const differences: string[] = [];
  for (const name of names) {
    const result = columnOf(byName.get(name));
    if (typeof result === "string") {
      differences.push(`column ${quoteIdentifier(name)} ${result}`);
    } else {
      columns.push([name, result]);
    }
  }
  if (differences.length > 0) {
    throw mismatch(quoteQualified(found.schema, found.name), differences);
  }
  return table(found.name, Object.fromEntries(columns), { schema: found.schema });
}

/** The columns that a row can hold values for. */
export function writableColumns({ columns }: TableDescription): readonly ColumnDescription[] {
  return columns.filter(isWritable);
}

function isWritable({ isGenerated, isIdentityAlways }: ColumnDescription): boolean {
  return !isGenerated && !isIdentityAlways;
}

/** The column's type, or what is wrong with it. */
function columnOf(column: ColumnDescription | undefined): Columns[string] | string {
  if (column === undefined) {
    return "does not exist";
  }
  if (!isWritable(column)) {
    return `is ${column.isGenerated ? "a generated column" : "GENERATED ALWAYS AS IDENTITY"}, which cannot be written`;
  }
  const type = columnTypeOf(column.type);
  if (type === undefined) {
    return typeWithoutBinaryForm(column.type) ?? withoutCodec(column.type);
  }
  return column.notNull ? type : type.nullable();
}

function withoutCodec(type: TypeDescription): string {
  const { sql, name } = partWithoutCodec(type);
  const what = sql === type.sql ? "which" : `and ${sql}`;
  return `is ${type.sql}, ${what} has no codec: register one with columnType(${JSON.stringify(asInSql(name))}, { encode, decode })`;
}

/** The base type without a codec among the type and its parts. */
function partWithoutCodec(type: TypeDescription): TypeDescription {
  const { element, attributes = [] } = type;
  const parts = [...(element ? [element] : []), ...attributes.map((attribute) => attribute.type)];
  const part = parts.find((candidate) => columnTypeOf(candidate) === undefined);
  return part === undefined ? type : partWithoutCodec(part);
}

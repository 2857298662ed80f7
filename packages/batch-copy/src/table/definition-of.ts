import { columnTypeOf } from "../codecs/column-type-of.js";
import { asInSql, quoteQualified } from "../codecs/identifier.js";
import type { TypeDescription } from "../codecs/type-description.js";
import { typeWithoutBinaryForm } from "./binary-form.js";
import type { ColumnDescription, TableDescription } from "./describe-table.js";
import { columnLabel, type Field } from "./field.js";
import { mismatch } from "./mismatch.js";
import { snakeCaseHint } from "./snake-case-hint.js";
import { table, type Columns, type Table } from "./table.js";

/**
 * The definition of a table as the catalog describes it.
 *
 * @param fields the columns to fill
 * @throws SchemaMismatchError for a column that does not exist, cannot be written or has no codec.
 */
export function definitionOf(found: TableDescription, fields: readonly Field[]): Table {
  const byName = new Map(found.columns.map((column) => [column.name, column]));
  const columns: [key: string, type: Columns[string]][] = [];
  const differences: string[] = [];
  for (const field of fields) {
    const column = byName.get(field.name);
    const result =
      column === undefined
        ? `does not exist${snakeCaseHint(field.name, found.columns)}`
        : columnOf(column);
    if (typeof result === "string") {
      differences.push(`${columnLabel(field)} ${result}`);
    } else {
      columns.push([field.key, result]);
    }
  }
  if (differences.length > 0) {
    throw mismatch(quoteQualified(found.schema, found.name), differences);
  }
  const names = Object.fromEntries(fields.map(({ key, name }) => [key, name]));
  return table(found.name, Object.fromEntries(columns), { schema: found.schema, names });
}

/** The columns that a row can hold values for. */
export function writableColumns({ columns }: TableDescription): readonly ColumnDescription[] {
  return columns.filter(isWritable);
}

function isWritable({ isGenerated, isIdentityAlways }: ColumnDescription): boolean {
  return !isGenerated && !isIdentityAlways;
}

/** The column's type, or what is wrong with it. */
function columnOf(column: ColumnDescription): Columns[string] | string {
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

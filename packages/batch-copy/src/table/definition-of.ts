import { columnTypeOf } from "../codecs/column-type-of.js";
import { quoteIdentifier, quoteQualified } from "../codecs/identifier.js";
import type { TypeDescription } from "../codecs/type-description.js";
import { SchemaMismatchError } from "../errors.js";
import { typeWithoutBinaryForm } from "./binary-form.js";
import type { ColumnDescription, TableDescription } from "./describe-table.js";
import { table, type Columns, type Table } from "./table.js";

/**
 * The definition of a table that the catalog has.
 *
 * @param names the columns to fill; by default all that can be written
 * @throws SchemaMismatchError for a column that does not exist, cannot be written or has no codec.
 */
export function definitionOf(found: TableDescription, names?: readonly string[]): Table {
  const quotedName = quoteQualified(found.schema, found.name);
  const byName = new Map(found.columns.map((column) => [column.name, column]));
  const wanted = names ?? found.columns.filter(isWritable).map(({ name }) => name);
  const columns: Record<string, Columns[string]> = {};
  const differences: string[] = [];
  for (const name of wanted) {
    const result = columnOf(byName.get(name));
    if (typeof result === "string") {
      differences.push(`column ${quoteIdentifier(name)} ${result}`);
    } else {
      columns[name] = result;
    }
  }
  if (differences.length > 0) {
    throw new SchemaMismatchError(quotedName, differences, "");
  }
  return table(found.name, columns, { schema: found.schema });
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
    return "is generated, it cannot be written";
  }
  const type = columnTypeOf(column.type);
  if (type === undefined) {
    return typeWithoutBinaryForm(column.type) ?? withoutCodec(column.type);
  }
  return column.notNull ? type : type.nullable();
}

function withoutCodec({ sql, name }: TypeDescription): string {
  return `is ${sql}, which has no codec: register one by columnType(${JSON.stringify(name)}, …)`;
}

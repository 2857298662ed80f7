import { quoteIdentifier } from "../codecs/identifier.js";

/** What DDL needs to know about a column. */
interface ColumnShape {
  readonly name: string;
  readonly type: { readonly sql: string; readonly isNullable: boolean };
}

/** A column definition of CREATE TABLE. */
export function columnDdl({ name, type }: ColumnShape): string {
  return `${quoteIdentifier(name)} ${type.sql}${type.isNullable ? "" : " NOT NULL"}`;
}

/** CREATE TABLE for a quoted name and the columns that {@link columnDdl} returned. */
export function createTableDdl(quotedName: string, columns: readonly string[]): string {
  return `CREATE TABLE ${quotedName} (\n  ${columns.join(",\n  ")}\n);`;
}

/** ALTER TABLE with one action per line. */
export function alterTableDdl(quotedName: string, actions: readonly string[]): string {
  return `ALTER TABLE ${quotedName}\n  ${actions.join(",\n  ")};`;
}

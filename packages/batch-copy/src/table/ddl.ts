import { quoteIdentifier } from "../codecs/identifier.js";

/** What DDL needs to know of a column. */
interface ColumnShape {
  readonly name: string;
  readonly type: { readonly sql: string; readonly isNullable: boolean };
}

/** A column as it stands in CREATE TABLE. */
export function columnDdl({ name, type }: ColumnShape): string {
  return `${quoteIdentifier(name)} ${type.sql}${type.isNullable ? "" : " NOT NULL"}`;
}

/** CREATE TABLE, for a quoted name and columns made by {@link columnDdl}. */
export function createTableDdl(quotedName: string, columns: readonly string[]): string {
  return `CREATE TABLE ${quotedName} (\n  ${columns.join(",\n  ")}\n);`;
}

/** ALTER TABLE, with one line an action. */
export function alterTableDdl(quotedName: string, actions: readonly string[]): string {
  return `ALTER TABLE ${quotedName}\n  ${actions.join(",\n  ")};`;
}
